"""Claims of a desk that may say the same: found by the worker, decided by people."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.exc import IntegrityError

from tests.problems import check_problem
from verifier.claims.models import Claim
from verifier.events.models import Event
from verifier.kit.jobs import Job
from verifier.matches import comparing
from verifier.matches.comparing import COMPARE, CompareClaim
from verifier.matches.models import ClaimMatch
from verifier.worker import Worker

TROOPS = "Russian peacekeepers will leave Karabakh before the 2025 deadline."
AGAIN = "The Russian peacekeepers leave Karabakh ahead of the deadline of 2025."
BREAD = "Bread has become twice as dear in Baku within a year."


@pytest.fixture
def desk(desk_at_work):
    return desk_at_work


@pytest.fixture
def pair(desk):
    """Two claims that say the same, once the worker has been at them."""
    first, second = (desk.room.claim(text=text) for text in (TROOPS, AGAIN))
    desk.work()
    return first, second


def id_of(path):
    return path.rpartition("/")[2]


def matches(desk, claim, who="rev", **query):
    path = f"{claim}/matches"
    return desk.room.call("GET", path, who, query_string=query, status=200).json["items"]


def match_of(desk, claim):
    """The path of the claim's one match."""
    (match,) = matches(desk, claim)
    return f"{claim}/matches/{match['id']}"


def edit(desk, claim, **members):
    desk.room.call("PATCH", claim, "rev", etag="*", json=members, status=200)


def told(desk, claim):
    """What the claim's history tells of its matches: (type, who)."""
    history = desk.room.call("GET", f"{claim}/history", "con", status=200).json["items"]
    return [
        (event["type"], event["actor"] and event["actor"]["name"])
        for event in history
        if event["subject"]["type"] == "match"
    ]


def stored(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(ClaimMatch))


def compare_again(desk, database, claim):
    """As if the job had never been done."""
    with database.transaction() as session:
        session.execute(delete(Job).where(Job.kind == COMPARE))
    edit(desk, claim, priority="high")


class TestSuggesting:
    def test_a_pair_is_seen_from_either_claim(self, desk, pair):
        desk.room.claim(text=BREAD)
        desk.work()
        first, second = pair
        (one,), (other,) = matches(desk, first), matches(desk, second)
        assert one["claim"] == {
            "id": id_of(second), "text": AGAIN, "status": "submitted", "rating": None,
        }  # fmt: skip
        assert other["claim"]["id"] == id_of(first)
        assert one["id"] == other["id"]
        assert 0.5 <= one["score"] == other["score"] <= 1
        assert (one["method"], one["state"], one["decided"]) == ("lexical", "suggested", None)
        assert told(desk, first) + told(desk, second) == [("match.suggested", None)]

    def test_nothing_like_it_is_no_match(self, desk, database):
        for text in (TROOPS, BREAD):
            desk.room.claim(text=text)
        desk.work()
        assert stored(database) == 0

    def test_the_same_words_of_another_desk_are_not_compared(self, desk, database):
        desk.room.claim(text=TROOPS)
        desk.room.published(desk.room.claim("con", text=BREAD, accepted=True))
        desk.room.claim("out", text=TROOPS)
        desk.room.claim("out", text=BREAD)
        desk.work()
        assert stored(database) == 0

    def test_no_claim_matches_itself(self, desk, database, pair):
        compare_again(desk, database, pair[0])
        desk.work()
        assert id_of(pair[0]) not in {each["claim"]["id"] for each in matches(desk, pair[0])}
        columns = ClaimMatch.__table__.c
        for first, second in ((pair[0], pair[0]), (pair[1], pair[0]), pair):
            given = {"id": id_of(pair[0]), "claim_id": id_of(first), "other_id": id_of(second)}
            copied = [
                literal(given[column.name], column.type) if column.name in given else column
                for column in columns
            ]
            twin = insert(ClaimMatch).from_select([*columns], select(*copied))
            with pytest.raises(IntegrityError), database.transaction() as session:
                session.execute(twin)

    def test_only_the_likeliest_are_suggested(self, desk, monkeypatch):
        assert comparing.MOST_SUGGESTED == 5
        monkeypatch.setattr(comparing, "MOST_SUGGESTED", 2)
        for what in ("ministers", "trains", "buses", "guests", "pilots", "envoys"):
            desk.room.claim(text=f"Russian {what} will leave Moscow.")
        alike = [desk.room.claim(text=f"{TROOPS[:-1]} {end}.") for end in ("soon", "now", "today")]
        desk.work()
        newest = desk.room.claim(text=f"{TROOPS[:-1]} now, they say.")
        desk.work()
        found = {each["claim"]["id"] for each in matches(desk, newest)}
        assert len(found) == 2
        assert id_of(alike[1]) in found
        assert found <= {*map(id_of, alike)}

    def test_an_edit_takes_a_suggestion_back_and_brings_another(self, desk, pair):
        bread = desk.room.claim(text=BREAD)
        desk.work()
        edit(desk, pair[1], text="In Baku, bread has become twice as dear within one year.")
        desk.work()
        assert matches(desk, pair[0]) == []
        assert [each["claim"]["id"] for each in matches(desk, pair[1])] == [id_of(bread)]
        assert [kind for kind, _ in told(desk, pair[1])][-2:] == [
            "match.withdrawn", "match.suggested",
        ]  # fmt: skip

    def test_an_edit_gives_another_score(self, desk, pair):
        (before,) = matches(desk, pair[0])
        edit(
            desk,
            pair[0],
            text="Russian peacekeepers leave Karabakh one day, officials told reporters on Sunday night.",
        )
        desk.work()
        (after,) = matches(desk, pair[0])
        assert after["id"] == before["id"]
        assert comparing.LEAST_SCORE <= after["score"] < before["score"]
        assert after["version"] == before["version"] + 1
        assert ("match.rescored", None) in told(desk, pair[0])

    def test_what_changes_while_the_job_runs_counts(self, desk, database, pair):
        with database.reading() as session:
            job = session.scalars(
                select(Job).where(Job.kind == COMPARE, Job.subject_id == id_of(pair[1]))
            ).one()
        write = CompareClaim(database)(job)
        edit(desk, pair[1], text=BREAD)
        with database.transaction() as session:
            assert write(session) == {"suggested": 0}
        assert matches(desk, pair[0]) == []

    def test_what_was_settled_meanwhile_is_not_suggested(self, desk, database, pair):
        edit(desk, pair[0], text=BREAD)
        desk.work()
        edit(desk, pair[0], text=TROOPS)
        with database.reading() as session:
            job = session.scalars(
                select(Job).where(Job.kind == COMPARE, Job.subject_id == id_of(pair[0]))
            ).first()
        write = CompareClaim(database)(job)
        third = desk.room.claim(text=BREAD)
        desk.room.act(pair[1], "rev", "mark_duplicate", of=id_of(third))
        with database.transaction() as session:
            write(session)
        assert stored(database) == 0

    @pytest.mark.parametrize(
        ("action", "left"),
        [
            ("reject", 1),  # it still tells something about the other
            ("mark_duplicate", 0),
        ],
    )
    def test_what_becomes_of_a_claim_matters(self, desk, pair, action, left):
        third = id_of(desk.room.claim(text=BREAD))
        arguments = {"reject": {"reason": "opinion"}, "mark_duplicate": {"of": third}}
        desk.room.act(pair[1], "rev", action, **arguments[action])
        desk.work()
        assert len(matches(desk, pair[0])) == left
        desk.room.act(pair[1], "ed", "reopen", comment="A mistake.")
        desk.work()
        assert len(matches(desk, pair[0])) == 1

    def test_two_that_are_closed_wait_for_nobody(self, desk, pair):
        for claim in pair:
            desk.room.act(claim, "rev", "reject", reason="opinion")
        desk.work()
        assert matches(desk, pair[0]) == []

    def test_a_verified_claim_is_suggested_with_its_rating(self, desk):
        known = desk.room.published(desk.room.claim(text=TROOPS, accepted=True))[0]
        desk.work()
        new = desk.room.claim(text=AGAIN)
        desk.work()
        (match,) = matches(desk, new)
        assert match["claim"]["id"] == id_of(known)
        assert (match["claim"]["status"], match["claim"]["rating"]) == ("verified", "mostly-true")


class TestWorkers:
    def test_two_at_once_leave_one_row(self, desk, database):
        for text in (TROOPS, AGAIN):
            desk.room.claim(text=text)
        workers = [Worker(database, {COMPARE: CompareClaim(database)}) for _ in range(2)]
        with ThreadPoolExecutor() as pool:
            done = list(pool.map(lambda worker: worker.run_until_idle(), workers))
        assert sum(done) == 2
        assert stored(database) == 1
        with database.reading() as session:
            assert set(session.scalars(select(Job.state))) == {"done"}

    def test_both_sides_prepared_before_either_writes(self, desk, database):
        for text in (TROOPS, AGAIN):
            desk.room.claim(text=text)
        with database.reading() as session:
            jobs = session.scalars(select(Job).where(Job.kind == COMPARE)).all()
        writes = [CompareClaim(database)(job) for job in jobs]
        for write in [*writes, writes[0]]:  # and one that is tried again
            with database.transaction() as session:
                assert write(session) == {"suggested": 1}
        assert stored(database) == 1

    def test_one_that_is_killed_leaves_nothing_half_done(self, desk, database, monkeypatch):
        for text in (TROOPS, AGAIN):
            desk.room.claim(text=text)
        finish = "verifier.kit.jobs.finish"
        with monkeypatch.context() as patch:

            def killed(*_):
                raise KeyboardInterrupt

            patch.setattr(finish, killed)
            with pytest.raises(KeyboardInterrupt):
                desk.work()
        assert stored(database) == 0
        desk.pass_time(minutes=5)
        assert desk.work() == 2
        assert stored(database) == 1


class TestDeciding:
    def test_who_and_when_are_kept(self, desk, pair):
        path = match_of(desk, pair[0])
        confirmed = desk.room.act(path, "rev", "confirm").json
        assert confirmed["state"] == "confirmed"
        assert confirmed["decided"]["by"] == {"id": desk.room.ids["rev"], "name": "rev"}
        dismissed = desk.room.act(path, "rev2", "dismiss").json
        assert (dismissed["state"], dismissed["decided"]["by"]["name"]) == ("dismissed", "rev2")
        assert dismissed["decided"]["at"] > confirmed["decided"]["at"]
        assert told(desk, pair[0])[-2:] == [("match.confirmed", "rev"), ("match.dismissed", "rev2")]

    def test_the_same_decision_twice_is_none(self, desk, pair):
        path = match_of(desk, pair[0])
        desk.room.act(path, "rev", "dismiss")
        problem = check_problem(desk.room.act(path, "rev", "dismiss", status=409), 409)
        assert (problem["current"], problem["allowed"]) == ("dismissed", ["confirm"])

    @pytest.mark.parametrize("action", ["confirm", "dismiss"])
    def test_the_worker_leaves_it_as_decided(self, desk, pair, action):
        path = match_of(desk, pair[0])
        decided = desk.room.act(path, "rev", action).json
        bread = desk.room.claim(text=BREAD)
        edit(desk, pair[1], text="In Baku, bread has become twice as dear within one year.")
        desk.work()
        assert len(matches(desk, bread)) == 1
        edit(desk, pair[1], text=AGAIN)
        desk.work()
        (after,) = matches(desk, pair[0])
        assert after == decided

    @pytest.mark.parametrize(("side", "becomes"), [("this", 0), ("other", 1)])
    def test_confirming_may_mark_the_duplicate(self, desk, pair, side, becomes):
        duplicate, original = (pair[0], pair[1]) if becomes == 0 else (pair[1], pair[0])
        desk.room.act(match_of(desk, pair[0]), "rev", "confirm", duplicate=side)
        shown = desk.room.call("GET", duplicate, "con").json
        assert (shown["status"], shown["duplicate_of"]) == ("duplicate", id_of(original))
        assert desk.room.call("GET", original, "con").json["status"] == "submitted"
        history = desk.room.call("GET", f"{duplicate}/history", "con").json["items"]
        assert "claim.marked_duplicate" in {event["type"] for event in history}
        assert [each["state"] for each in matches(desk, pair[0])] == ["confirmed"]
        desk.work()
        assert [each["state"] for each in matches(desk, pair[0])] == ["confirmed"]

    def test_a_claim_that_cannot_be_a_duplicate_is_none(self, desk):
        """The workflow's own conditions hold, and nothing else is done either."""
        known = desk.room.published(desk.room.claim(text=TROOPS, accepted=True))[0]
        new = desk.room.claim(text=AGAIN)
        desk.work()
        path = match_of(desk, new)
        check_problem(desk.room.act(path, "rev", "confirm", duplicate="other", status=409), 409)
        assert [each["state"] for each in matches(desk, new)] == ["suggested"]
        desk.room.act(path, "rev", "confirm", duplicate="this")
        assert desk.room.call("GET", new, "con").json["duplicate_of"] == id_of(known)

    def test_nor_is_one_of_a_duplicate(self, desk, pair):
        third = desk.room.claim(text=BREAD)
        path = match_of(desk, pair[0])
        desk.room.act(pair[1], "rev", "mark_duplicate", of=id_of(third))
        refused = desk.room.act(path, "rev", "confirm", duplicate="this", status=422)
        check_problem(refused, 422, "/duplicate")

    def test_a_stale_view_decides_nothing(self, desk, pair):
        path = match_of(desk, pair[0])
        seen = desk.room.call("GET", path, "rev", status=200).headers["ETag"]
        desk.room.act(path, "rev2", "dismiss")
        sent = {"action": "confirm"}
        check_problem(desk.room.call("POST", f"{path}/actions", "rev", etag=seen, json=sent), 412)
        check_problem(desk.room.call("POST", f"{path}/actions", "rev", json=sent), 428)

    @pytest.mark.parametrize(
        ("who", "status"),
        [("rev", 200), ("ed", 200), ("con", 403), ("cas", 403), ("out", 404), (None, 401)],
    )
    def test_who_may(self, desk, pair, who, status):
        path = match_of(desk, pair[0])
        sent = {"action": "dismiss"}
        answer = desk.room.call("POST", f"{path}/actions", who, etag="*", json=sent)
        assert answer.status_code == status

    @pytest.mark.parametrize(
        ("who", "status"), [("con", 200), ("cas_con", 200), ("out", 404), ("op", 404), (None, 401)]
    )
    def test_who_sees_it_though_a_verdict_is_published(self, desk, who, status):
        known = desk.room.published(desk.room.claim(text=TROOPS, accepted=True))[0]
        new = desk.room.claim(text=AGAIN)
        desk.work()
        for claim in (known, new):
            path = match_of(desk, claim)
            for address in (path, f"{claim}/matches"):
                assert desk.room.call("GET", address, who).status_code == status
        sent = {"action": "dismiss"}
        if status != 200:
            path = f"{match_of(desk, known)}/actions"
            assert desk.room.call("POST", path, who, etag="*", json=sent).status_code == status

    @pytest.mark.parametrize(
        "sent", [{"action": "merge"}, {"action": "dismiss", "duplicate": "this"}, {}]
    )
    def test_bad_input(self, desk, pair, sent):
        path = f"{match_of(desk, pair[0])}/actions"
        check_problem(desk.room.call("POST", path, "rev", etag="*", json=sent), 422)

    def test_a_match_belongs_to_its_two_claims(self, desk, pair):
        third = desk.room.claim(text=BREAD)
        path = f"{third}/matches/{id_of(match_of(desk, pair[0]))}"
        check_problem(desk.room.call("GET", path, "rev"), 404)
        sent = {"action": "confirm"}
        check_problem(desk.room.call("POST", f"{path}/actions", "rev", etag="*", json=sent), 404)


def test_a_list_of_matches_is_paged_and_filtered(desk):
    claim = desk.room.claim(text=TROOPS)
    for n in range(4):
        desk.room.claim(text=f"{TROOPS[:-1]} ({n}).")
    desk.work()
    everything = matches(desk, claim)
    assert len(everything) == 4
    desk.room.act(f"{claim}/matches/{everything[0]['id']}", "rev", "dismiss")
    assert len(matches(desk, claim, state="dismissed")) == 1
    assert len(matches(desk, claim, state="suggested")) == 3
    page = desk.room.call("GET", f"{claim}/matches?limit=3", "con").json
    rest = desk.room.call("GET", f"{claim}/matches?limit=3&cursor={page['next']}", "con").json
    assert [each["id"] for each in page["items"] + rest["items"]] == [
        each["id"] for each in everything
    ]
    assert rest["next"] is None


def test_a_claims_submission_and_its_job_come_together(desk, database):
    """Whoever is refused has asked for no comparison."""
    desk.room.claim(text=TROOPS)
    desk.room.call("POST", "/v1/claims", "con", json={"text": TROOPS}, status=409)
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Job.kind == COMPARE)) == 1
        suggested = select(func.count()).where(Event.type == "match.suggested")
        assert session.scalar(suggested) == 0
        assert session.scalar(select(func.count()).select_from(Claim)) == 1
