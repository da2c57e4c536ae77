"""Questions that people keep, and what they are told of once a verdict is published."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import delete, func, select

from tests.problems import check_problem
from verifier.accounts.actor import OPERATOR, SERVICE
from verifier.accounts.models import Account
from verifier.desks.service import set_active
from verifier.events.models import Event
from verifier.kit.clock import now
from verifier.kit.jobs import Job
from verifier.matches import notifying, subscribing
from verifier.matches.models import MatchSubscription, SubscriptionMatch
from verifier.matches.notifying import NOTIFY, NotifySubscribers, shares_enough
from verifier.matches.subscribing import end_expired, record_on_subscription

CLAIM = "Russian peacekeepers will leave Karabakh before the 2025 deadline."
QUESTION = "So Russian peacekeepers LEAVE #Karabakh before the deadline of 2025?!"
BREAD = "Bread has become twice as dear in Baku within a year."


@pytest.fixture
def desk(desk_at_work):
    return desk_at_work


def id_of(path):
    return path.rpartition("/")[2]


def keep(desk, /, who="out", text=QUESTION, status=201, headers=(), **members):
    sent = {"text": text, "notify": True, **members}
    return desk.room.call("POST", "/v1/matches", who, json=sent, headers=headers, status=status)


def subscribe(desk, /, who="out", **members):
    """The subscription's path."""
    return keep(desk, who, **members).headers["Location"]


def publish(desk, text=CLAIM, **members):
    """(claim, verdict) once the worker has been at them."""
    claim = desk.room.claim(text=text, accepted=True, **members)
    desk.room.evidence(claim, desk.room.source(url=None))
    verdict = desk.room.verdict(claim)
    for who, action in (("rev", "propose"), ("rev2", "approve"), ("ed", "publish")):
        desk.room.act(verdict, who, action)
    desk.work()
    return claim, verdict


def told(desk, subscription, who="out"):
    return desk.room.call("GET", subscription, who, status=200).json["matches"]


def count(database, model, *conditions):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def notify_jobs(database):
    with database.reading() as session:
        return session.scalars(select(Job).where(Job.kind == NOTIFY).order_by(Job.id)).all()


class TestKeeping:
    def test_the_answer_is_what_is_known_and_what_is_kept(self, desk):
        known = publish(desk)[0]
        answer = keep(desk, limit=5)
        assert [each["claim"]["id"] for each in answer.json["items"]] == [id_of(known)]
        kept = answer.json["subscription"]
        assert answer.headers["Location"] == f"/v1/match-subscriptions/{kept['id']}"
        shown = desk.room.call("GET", answer.headers["Location"], "out", status=200)
        assert shown.json == kept
        assert shown.headers["ETag"].partition(".")[0] == answer.headers["ETag"].partition(".")[0]
        assert (kept["text"], kept["language"], kept["desk"]) == (QUESTION, "en", None)
        assert kept["matches"] == []
        assert kept["expires_at"] > kept["created_at"]

    def test_asking_alone_keeps_nothing(self, desk, database):
        for sent in ({"text": QUESTION}, {"text": QUESTION, "notify": False}):
            answer = desk.room.call("POST", "/v1/matches", "con", json=sent, status=200)
            assert answer.json == {"items": []}
            assert "Location" not in answer.headers
        assert count(database, MatchSubscription) == 0

    def test_nobody_keeps_nothing(self, desk, database):
        problem = check_problem(keep(desk, None, status=401), 401)
        assert "needs a token" in problem["detail"]
        assert count(database, MatchSubscription) == 0
        desk.room.call("POST", "/v1/matches", json={"text": QUESTION}, status=200)

    def test_a_retry_keeps_it_once(self, desk, database):
        key = {"Idempotency-Key": "a question"}
        first, second = (keep(desk, headers=key) for _ in range(2))
        assert second.headers["Idempotency-Replayed"] == "true"
        assert first.data == second.data
        assert second.headers["Location"] == first.headers["Location"]
        assert count(database, MatchSubscription) == 1

    def test_the_same_question_is_kept_once(self, desk):
        path = subscribe(desk)
        problem = check_problem(keep(desk, status=409), 409)
        assert problem["existing"] == path
        keep(desk, "con")
        desk.room.call("DELETE", path, "out", etag="*", status=204)
        keep(desk)

    def test_an_account_keeps_so_many(self, desk, monkeypatch):
        assert subscribing.MOST_SUBSCRIPTIONS == 100
        monkeypatch.setattr(subscribing, "MOST_SUBSCRIPTIONS", 2)
        for text in (CLAIM, BREAD):
            path = subscribe(desk, text=text)
        problem = check_problem(keep(desk, status=409), 409)
        assert problem["type"].endswith("/too-many-subscriptions")
        keep(desk, "con")
        desk.room.call("DELETE", path, "out", etag="*", status=204)
        keep(desk)

    def test_a_desk_that_is_not_to_be_seen_cannot_be_named(self, desk):
        for slug in ("border-desk", "no-such-desk"):
            problem = check_problem(keep(desk, desk=slug, status=422), 422, "/desk")
        assert keep(desk, "con", desk="border-desk").json["subscription"]["desk"] == "border-desk"
        publish(desk)
        keep(desk, desk="border-desk")
        assert "published nothing" in problem["detail"]

    def test_the_language_is_the_one_given_or_guessed(self, desk):
        texts = {"Weizen": "de", "Der Weizen ist in der Stadt und das Brot nicht": "de"}
        given = keep(desk, text="Weizen", language="de").json["subscription"]
        guessed = keep(desk, text="Der Weizen ist in der Stadt und nicht das Brot").json
        assert {given["language"], guessed["subscription"]["language"]} == set(texts.values())


class TestTelling:
    def test_who_asked_is_told_of_the_published_claim(self, desk, database):
        subscription = subscribe(desk)
        before = desk.room.call("GET", subscription, "out").json["version"]
        claim, verdict = publish(desk)
        (match,) = told(desk, subscription)
        assert (match["claim"], match["verdict"]) == (id_of(claim), id_of(verdict))
        assert 0.5 <= match["score"] <= 1
        assert desk.room.call("GET", subscription, "out").json["version"] == before + 1
        with database.reading() as session:
            query = select(Event).where(Event.type == "subscription.matched")
            event = session.scalars(query).one()
        data = orjson.loads(event.data)
        assert data == {"changes": {}} | {
            name: match[name] for name in ("claim", "verdict", "score")
        }
        assert event.actor_id is None
        assert event.subject_id == event.thread_id == id_of(subscription)

    def test_the_claims_desk_does_not_learn_who_asked(self, desk):
        subscription = subscribe(desk)
        claim, _ = publish(desk)
        history = desk.room.call("GET", f"{claim}/history", "ann", status=200)
        assert id_of(subscription) not in history.text
        assert "subscription" not in history.text

    def test_the_text_itself_is_not_on_the_trail(self, desk, database):
        subscription = subscribe(desk)
        desk.room.call("DELETE", subscription, "out", etag="*", status=204)
        assert count(database, Event, Event.data.contains("peacekeepers")) == 0

    def test_nobody_is_told_before_it_is_published(self, desk):
        subscription = subscribe(desk, "con")
        claim = desk.room.claim(text=CLAIM, accepted=True)
        desk.room.evidence(claim, desk.room.source())
        desk.room.verdict_in("approved", claim)
        desk.work()
        assert told(desk, subscription, "con") == []

    def test_another_claim_is_none(self, desk):
        bread, same = subscribe(desk, text=BREAD), subscribe(desk)
        publish(desk)
        assert told(desk, bread) == []
        assert len(told(desk, same)) == 1

    def test_only_claims_of_the_desk_that_was_named(self, desk):
        mine = subscribe(desk, "con", desk="border-desk")
        others = subscribe(desk, "out", desk="far-desk")
        publish(desk)
        assert len(told(desk, mine, "con")) == 1
        assert told(desk, others) == []

    def test_a_correction_is_the_same_claim(self, desk, database):
        subscription = subscribe(desk)
        claim, verdict = publish(desk)
        desk.room.verdict_in(
            "published", claim, correction={"kind": "correction", "note": "A wrong figure."}
        )
        desk.work()
        (match,) = told(desk, subscription)
        assert match["verdict"] == id_of(verdict)
        assert count(database, Event, Event.type == "subscription.matched") == 1
        assert [job.state for job in notify_jobs(database)] == ["done", "done"]

    def test_who_asks_later_is_told_of_the_correction(self, desk):
        claim, _ = publish(desk)
        subscription = subscribe(desk)
        assert told(desk, subscription) == []
        correction = desk.room.verdict_in(
            "published", claim, correction={"kind": "correction", "note": "A wrong figure."}
        )
        desk.work()
        assert [each["verdict"] for each in told(desk, subscription)] == [id_of(correction)]

    def test_what_is_retracted_meanwhile_is_not_told(self, desk, database):
        subscription = subscribe(desk)
        _, verdict = publish(desk)
        with database.transaction() as session:
            session.execute(delete(SubscriptionMatch))
        job = notify_jobs(database)[0]
        write = NotifySubscribers(database)(job)
        desk.room.act(verdict, "ed", "retract", reason="It rests on a parody.")
        with database.transaction() as session:
            assert write(session) == {"notified": 0}
        assert told(desk, subscription) == []

    def test_several_workers_tell_it_once(self, desk, database):
        subscription = subscribe(desk)
        publish(desk)
        with database.transaction() as session:
            session.execute(delete(SubscriptionMatch))
        job = notify_jobs(database)[0]
        writes = [NotifySubscribers(database)(job) for _ in range(2)]
        for write, number in zip(writes, (1, 0), strict=True):
            with database.transaction() as session:
                assert write(session) == {"notified": number}
        assert len(told(desk, subscription)) == 1

    def test_a_worker_that_is_killed_tells_it_later(self, desk, database, monkeypatch):
        subscription = subscribe(desk)
        with monkeypatch.context() as patch:

            def killed(*_):
                raise KeyboardInterrupt

            patch.setattr("verifier.kit.jobs.finish", killed)
            with pytest.raises(KeyboardInterrupt):
                publish(desk)
        while desk.pass_time(minutes=5) or desk.work():
            pass
        assert len(told(desk, subscription)) == 1
        assert count(database, Event, Event.type == "subscription.matched") == 1

    def test_an_account_that_is_closed_is_told_nothing(self, desk, database):
        subscribe(desk)
        with database.transaction() as session:
            account = session.get_one(Account, desk.room.ids["out"])
            set_active(session, OPERATOR, account, active=False)
        publish(desk)
        assert count(database, SubscriptionMatch) == 0

    def test_each_batch_is_looked_at(self, desk, monkeypatch):
        monkeypatch.setattr(notifying, "AT_ONCE", 2)
        kept = [subscribe(desk, who) for who in ("con", "rev", "ed", "cas", "out")]
        publish(desk)
        people = ("con", "rev", "ed", "cas", "out")
        numbers = [len(told(desk, path, who)) for path, who in zip(kept, people, strict=True)]
        assert numbers == [1] * 5

    @pytest.mark.parametrize(
        ("terms", "enough"),
        [
            ([["leav", "leave"]], True),
            ([["bread"], ["leav"], ["year"], ["twice"], ["dear"]], True),
            ([["bread"], ["leav"], ["year"], ["twice"], ["dear"], ["baku"]], False),
            ([["bread"]], False),
            ([], False),
        ],
    )
    def test_a_question_of_other_words_is_passed_over(self, terms, enough):
        assert shares_enough(terms, frozenset({"leav", "peacekeep"})) is enough


class TestOwning:
    def test_one_lists_ones_own(self, desk):
        kept = [subscribe(desk, text=text) for text in (CLAIM, BREAD, QUESTION)]
        subscribe(desk, "con")
        path = "/v1/match-subscriptions"
        page = desk.room.call("GET", f"{path}?limit=2", "out", status=200).json
        rest = desk.room.call("GET", f"{path}?limit=2&cursor={page['next']}", "out").json
        shown = [each["id"] for each in page["items"] + rest["items"]]
        assert shown == [id_of(each) for each in reversed(kept)]
        assert rest["next"] is None
        desk.room.call("GET", path, status=401)

    @pytest.mark.parametrize(("who", "status"), [("con", 404), ("op", 404), (None, 401)])
    def test_what_is_somebody_elses_is_not_there(self, desk, database, who, status):
        path = subscribe(desk)
        for method in ("GET", "DELETE"):
            check_problem(desk.room.call(method, path, who, etag="*"), status)
        assert count(database, MatchSubscription) == 1

    def test_it_is_ended_with_what_was_told(self, desk, database):
        path = subscribe(desk)
        seen = desk.room.call("GET", path, "out").headers["ETag"]
        publish(desk)
        check_problem(desk.room.call("DELETE", path, "out"), 428)
        check_problem(desk.room.call("DELETE", path, "out", etag=seen), 412)
        etag = desk.room.call("GET", path, "out").headers["ETag"]
        desk.room.call("DELETE", path, "out", etag=etag, status=204)
        check_problem(desk.room.call("GET", path, "out"), 404)
        check_problem(desk.room.call("DELETE", path, "out", etag="*"), 404)
        assert count(database, SubscriptionMatch) == 0

    def test_it_runs_out(self, desk, database):
        path, other = subscribe(desk), subscribe(desk, text=BREAD)
        kept = desk.room.call("GET", path, "out").json
        assert kept["expires_at"][:10] == (now() + timedelta(days=90)).isoformat()[:10]
        with database.transaction() as session:
            late = session.scalars(
                select(MatchSubscription).where(MatchSubscription.id == id_of(path))
            ).one()
            late.expires_at = now()
            record_on_subscription(session, SERVICE, "test.aged", late)
        publish(desk)
        assert count(database, SubscriptionMatch) == 0
        check_problem(desk.room.call("GET", path, "out"), 404)
        listed = desk.room.call("GET", "/v1/match-subscriptions", "out").json["items"]
        assert [each["id"] for each in listed] == [id_of(other)]
        keep(desk)
        with database.transaction() as session:
            assert end_expired(session) == 1
        assert count(database, MatchSubscription) == 2
