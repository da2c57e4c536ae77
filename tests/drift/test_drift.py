"""What becomes of quotes when their source is fetched again."""

import pytest

from tests.problems import check_problem
from tests.work import ADDRESS
from verifier.kit.answers import dump

LEAVING = "The peacekeepers are leaving, and people in the villages along the road watch them go."
ASSURED = (
    "Officials in Moscow let it be known that the pull-out may be finished before the end of 2025, "
    "well ahead of the date that was agreed."
)
SILENCE = (
    "Baku's campaign of 2020 had, they said, Moscow's silence, and nobody in the room objected."
)
QUOTE = "the pull-out may be finished before the end of 2025"
OTHER = "Moscow's silence"


@pytest.fixture
def desk(desk_at_work):
    desk_at_work.serve(LEAVING, ASSURED, SILENCE)
    return desk_at_work


@pytest.fixture
def source(desk):
    return desk.source()


@pytest.fixture
def claim(desk, source):
    """A claim with one appearance, and one piece of evidence from the same source."""
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    claim = desk.room.claim(accepted=True, appearances=[place])
    desk.room.evidence(claim, source, quote={"exact": OTHER})
    return claim


def get(desk, path, who="rev"):
    return desk.room.call("GET", path, who, status=200).json


def appearance(desk, claim):
    (found,) = get(desk, claim)["appearances"]
    return found


def evidence(desk, claim):
    (found,) = get(desk, f"{claim}/evidence")["items"]
    return found


def open_checks(desk, claim, who="rev"):
    return get(desk, f"{claim}/quote-checks?open=true", who)["items"]


def rechecks(desk, who="rev"):
    return [task for task in get(desk, "/v1/queue", who)["items"] if task["task"] == "recheck"]


def test_a_quote_stands_where_it_stood(desk, source, claim):
    before = appearance(desk, claim)
    source = desk.fetch(source)
    now = appearance(desk, claim)
    assert now["quote"] == before["quote"]
    assert (now["standing"]["outcome"], now["standing"]["score"]) == ("exact", 1.0)
    assert now["standing"]["snapshot"] == source["snapshots"][0]["id"]
    assert open_checks(desk, claim) == []
    assert len(source["snapshots"]) == 2


def test_a_moved_quote_follows_its_source_and_the_old_place_stays_known(desk, source, claim):
    before, rests_on = appearance(desk, claim), evidence(desk, claim)
    desk.serve(
        "An update came in at noon, said the editors, and was added to this page.",
        LEAVING,
        ASSURED,
        SILENCE,
    )
    source = desk.fetch(source)
    now = appearance(desk, claim)
    assert now["standing"]["outcome"] == "moved"
    assert now["quote"]["start"] > before["quote"]["start"]
    text = desk.room.call("GET", f"/v1/sources/{source['id']}/text", "con").text
    assert text[now["quote"]["start"] : now["quote"]["end"]] == QUOTE
    old = source["snapshots"][1]["id"]
    text = desk.room.call("GET", f"/v1/snapshots/{old}/text", "con").text
    assert text[before["quote"]["start"] : before["quote"]["end"]] == QUOTE
    # Evidence stays as it was pinned; where it stands now is told beside it.
    still = evidence(desk, claim)
    assert (still["quote"], still["snapshot"]) == (rests_on["quote"], old)
    assert still["standing"]["outcome"] == "moved"
    assert still["version"] == rests_on["version"]
    history = [event["type"] for event in get(desk, f"{claim}/history")["items"]]
    assert history.count("appearance.reanchored") == 1
    assert open_checks(desk, claim) == rechecks(desk) == []


@pytest.mark.parametrize(
    ("rewritten", "outcome"),
    [
        (ASSURED.replace("may be finished", "will be finished"), "fuzzy"),
        (ASSURED.replace("2025", "2035"), "fuzzy"),
        (f"{ASSURED}</p><p>{ASSURED}", "ambiguous"),
        ("The agreement was not discussed at all, a spokesman said on the telephone today.", "orphaned"),
    ],
)  # fmt: skip
def test_what_is_not_certain_waits_for_a_person(desk, source, claim, rewritten, outcome):
    before = appearance(desk, claim)
    desk.serve(LEAVING, rewritten, SILENCE, LEAVING, rewritten if outcome == "ambiguous" else "")
    desk.fetch(source)
    now = appearance(desk, claim)
    assert now["quote"] == before["quote"]
    assert now["standing"]["outcome"] == outcome
    (check,) = open_checks(desk, claim)
    assert (check["outcome"], check["exact"], check["open"]) == (outcome, QUOTE, True)
    assert check["subject"] == {"type": "appearance", "id": now["id"]}
    (task,) = rechecks(desk)
    assert task["claim"]["id"] == claim.rpartition("/")[2]
    drifted = get(desk, "/v1/claims?drifted=true")["items"]
    assert [each["id"] for each in drifted] == [task["claim"]["id"]]
    # Seen again as it was, it is no news; back as it was, it is settled by itself.
    desk.fetch(source)
    assert len(open_checks(desk, claim)) == 1
    desk.serve(LEAVING, ASSURED, SILENCE)
    desk.fetch(source)
    assert open_checks(desk, claim) == rechecks(desk) == []
    assert get(desk, "/v1/claims?drifted=true")["items"] == []
    settled = [each["settled"] for each in get(desk, f"{claim}/quote-checks")["items"]]
    assert [each["how"] for each in settled if each] == ["superseded", "recovered"]
    events = [event["type"] for event in get(desk, f"{claim}/history")["items"]]
    assert events.count("appearance.drifted") == 1


@pytest.mark.usefixtures("claim")
def test_each_snapshot_tells_how_every_quote_fared(desk, source):
    desk.serve(LEAVING, ASSURED.replace("2025", "2035"), SILENCE)
    newest = desk.fetch(source)["snapshots"][0]["id"]
    quotes = get(desk, f"/v1/snapshots/{newest}/quotes")["items"]
    assert {(each["exact"], each["outcome"]) for each in quotes} == {
        (QUOTE, "fuzzy"),
        (OTHER, "exact"),
    }
    only_open = get(desk, f"/v1/snapshots/{newest}/quotes?open=true")["items"]
    assert [each["exact"] for each in only_open] == [QUOTE]
    settled = get(desk, f"/v1/snapshots/{newest}/quotes?open=false")["items"]
    assert [each["exact"] for each in settled] == [OTHER]


def test_a_page_that_is_gone_takes_its_quotes_with_it(desk, source, claim):
    text = source["text"]
    desk.internet.site.table.clear()
    source = desk.fetch(source)
    assert [each["http_status"] for each in source["snapshots"]] == [404, 200]
    assert source["text"] == text
    assert {each["outcome"] for each in open_checks(desk, claim)} == {"orphaned"}
    assert evidence(desk, claim)["snapshot"] == source["snapshots"][1]["id"]


def test_a_published_verdict_that_rests_on_a_changed_page_is_listed(desk, source, claim):
    verdict = desk.room.verdict_in("published", claim)
    stood = get(desk, verdict)
    desk.serve(LEAVING, ASSURED)
    desk.fetch(source)
    (task,) = rechecks(desk)
    assert (task["claim"]["status"], task["verdict"]["id"]) == ("verified", stood["id"])
    assert [
        each["id"] for each in get(desk, "/v1/claims?drifted=true&status=verified")["items"]
    ] == [task["claim"]["id"]]
    now = get(desk, verdict)
    assert (now["digest"], now["citations"], now["version"]) == (
        stood["digest"],
        stood["citations"],
        stood["version"],
    )
    (check,) = open_checks(desk, claim)
    refused = desk.room.act(
        f"/v1/quote-checks/{check['id']}",
        "rev",
        "reanchor",
        quote={"exact": "finished"},
        status=409,
    )
    assert refused.json["type"].endswith("/evidence-is-published")
    desk.room.act(
        f"/v1/quote-checks/{check['id']}",
        "rev",
        "keep",
        comment="It stood there when we published.",
    )
    assert rechecks(desk) == []


class TestSettling:
    @pytest.fixture
    def check(self, desk, source, claim):
        desk.serve(LEAVING, ASSURED.replace("may be finished", "will be finished"), SILENCE)
        desk.fetch(source)
        (check,) = open_checks(desk, claim)
        return f"/v1/quote-checks/{check['id']}"

    def test_what_is_kept_is_not_asked_again(self, desk, source, claim, check):
        kept = desk.room.act(check, "rev", "keep", comment="They mended a word.").json
        assert (kept["open"], kept["settled"]["how"], kept["settled"]["comment"]) == (
            False,
            "kept",
            "They mended a word.",
        )
        assert kept["settled"]["by"]["name"] == "rev"
        desk.fetch(source)
        assert open_checks(desk, claim) == rechecks(desk) == []
        desk.serve(LEAVING, SILENCE)
        desk.fetch(source)
        assert [each["outcome"] for each in open_checks(desk, claim)] == ["orphaned"]

    def test_an_appearance_takes_the_passage_that_was_found(self, desk, claim, check):
        desk.room.act(check, "rev", "reanchor")
        now = appearance(desk, claim)
        assert now["quote"]["exact"] == QUOTE.replace("may be finished", "will be finished")
        assert rechecks(desk) == []

    def test_or_the_one_that_a_person_names(self, desk, claim, check):
        desk.room.act(check, "rev", "reanchor", quote={"exact": "before the end of 2025"})
        assert appearance(desk, claim)["quote"]["exact"] == "before the end of 2025"

    def test_a_quote_that_is_not_there_settles_nothing(self, desk, claim, check):
        refused = desk.room.act(
            check, "rev", "reanchor", quote={"exact": "before 2030"}, status=422
        )
        assert refused.json["errors"][0]["pointer"] == "/quote"
        assert len(open_checks(desk, claim)) == 1

    def test_removing_the_appearance_settles_it(self, desk, claim, check):
        place = appearance(desk, claim)
        desk.room.call("DELETE", f"/v1/appearances/{place['id']}", "rev", etag="*", status=204)
        assert rechecks(desk) == []
        assert get(desk, check)["settled"]["how"] == "removed"

    def test_it_is_settled_once(self, desk, check):
        etag = desk.room.call("GET", check, "rev").headers["ETag"]
        desk.room.act(check, "rev", "keep")
        check_problem(desk.room.act(check, "rev2", "keep", status=409), 409)
        sent = {"action": "keep"}
        check_problem(desk.room.call("POST", f"{check}/actions", "rev", etag=etag, json=sent), 412)
        check_problem(desk.room.call("POST", f"{check}/actions", "rev", json=sent), 428)

    @pytest.mark.parametrize(
        ("who", "status"), [("con", 403), ("cas", 403), ("out", 404), (None, 401), ("ed", 200)]
    )
    def test_who_may(self, desk, check, who, status):
        answer = desk.room.call("POST", f"{check}/actions", who, etag="*", json={"action": "keep"})
        assert answer.status_code == status

    @pytest.mark.parametrize(
        "sent", [{"action": "ignore"}, {"action": "keep", "quote": {"exact": "x"}}, {}]
    )
    def test_bad_input(self, desk, check, sent):
        check_problem(desk.room.call("POST", f"{check}/actions", "rev", etag="*", json=sent), 422)


def test_partners_see_no_check_of_confidential_evidence(desk, source, claim):
    desk.room.evidence(claim, source, quote={"exact": "people in the villages"}, confidential=True)
    desk.serve(ASSURED, SILENCE)
    newest = desk.fetch(source)["snapshots"][0]["id"]
    (check,) = open_checks(desk, claim)
    path = f"/v1/quote-checks/{check['id']}"
    assert open_checks(desk, claim, "cas") == []
    assert get(desk, f"/v1/snapshots/{newest}/quotes?open=true", "cas")["items"] == []
    desk.room.call("GET", path, "cas", status=404)
    for who, status in (("out", 404), (None, 401)):
        desk.room.call("GET", path, who, status=status)
        desk.room.call("GET", f"{claim}/quote-checks", who, status=status)


def test_a_withdrawn_piece_needs_no_checking(desk, source, claim):
    piece = evidence(desk, claim)
    desk.serve(LEAVING, ASSURED)
    desk.fetch(source)
    assert len(rechecks(desk)) == 1
    desk.room.act(f"/v1/evidence/{piece['id']}", "rev", "withdraw", reason="The page was changed.")
    assert rechecks(desk) == []
    desk.fetch(source)
    assert rechecks(desk) == []


def test_evidence_quoted_anew_from_the_newest_copy_is_settled(desk, source, claim):
    piece = evidence(desk, claim)
    desk.serve(LEAVING, ASSURED, SILENCE.replace(OTHER, "the silence of Moscow"))
    newest = desk.fetch(source)["snapshots"][0]["id"]
    assert len(rechecks(desk)) == 1
    path = f"/v1/evidence/{piece['id']}"
    desk.room.call(
        "PATCH", path, "rev", etag="*", json={"note": "The words have changed."}, status=200
    )
    assert len(rechecks(desk)) == 1
    sent = {"quote": {"exact": "the silence of Moscow"}}
    now = desk.room.call("PATCH", path, "rev", etag="*", json=sent, status=200).json
    assert now["snapshot"] == newest
    assert rechecks(desk) == []


def test_what_was_quoted_before_there_was_a_text_is_anchored_when_it_comes(desk):
    sent = {"url": ADDRESS}
    source = desk.room.call("POST", "/v1/sources", "con", json=sent, status=201).json
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    claim = desk.room.claim(accepted=True, appearances=[place])
    quoted, lost, whole = (
        desk.room.evidence(claim, source, **members)
        for members in ({"quote": {"exact": OTHER}}, {"quote": {"exact": "Nobody said this"}}, {})
    )
    assert appearance(desk, claim)["quote"]["start"] is None
    assert (quoted["snapshot"], whole["snapshot"]) == (None, None)
    desk.work()
    text = desk.shown(source)["text"]
    now = appearance(desk, claim)
    assert text[now["quote"]["start"] : now["quote"]["end"]] == QUOTE
    pinned = {each["id"]: each for each in get(desk, f"{claim}/evidence")["items"]}
    found = pinned[quoted["id"]]
    assert text[found["quote"]["start"] : found["quote"]["end"]] == OTHER
    (snapshot,) = desk.shown(source)["snapshots"]
    for each in (quoted, whole):
        assert (pinned[each["id"]]["snapshot"], pinned[each["id"]]["snapshot_sha256"]) == (
            snapshot["id"],
            snapshot["sha256"],
        )
    assert pinned[lost["id"]]["snapshot"] is None
    assert [check["outcome"] for check in open_checks(desk, claim)] == ["orphaned"]


def test_an_entered_text_stays_and_its_quotes_are_looked_for_in_the_copy(desk):
    source = desk.room.source(url=ADDRESS, text=f"As pasted by hand: {QUOTE}. {OTHER}.")
    claim = desk.room.claim(accepted=True)
    there, absent = (
        desk.room.evidence(claim, source, quote={"exact": exact})
        for exact in (QUOTE, "As pasted by hand")
    )
    assert desk.work() == 0
    shown = desk.fetch(source)
    assert (shown["text"], shown["text_snapshot"]) == (source["text"], None)
    pinned = {each["id"]: each for each in get(desk, f"{claim}/evidence")["items"]}
    assert pinned[there["id"]]["snapshot"] == shown["snapshots"][0]["id"]
    assert pinned[there["id"]]["quote"] == there["quote"]
    assert pinned[absent["id"]]["snapshot"] is None
    assert [check["exact"] for check in open_checks(desk, claim)] == ["As pasted by hand"]
    later = desk.room.evidence(claim, shown, quote={"exact": OTHER})
    assert later["snapshot"] == shown["snapshots"][0]["id"]


def test_a_copy_of_an_older_day_changes_nothing_but_is_kept(desk, source, claim):
    before = dump(appearance(desk, claim))
    old = b"<html><body><article><p>" + LEAVING.encode() * 3 + b"</p></article></body></html>"
    path = f"/v1/sources/{source['id']}/snapshots"
    form = {
        "file": (__import__("io").BytesIO(old), "old.html", "text/html"),
        "fetched_at": "2020-01-01T00:00:00Z",
    }
    taken = desk.room.call("POST", path, "con", data=form, status=201).json
    desk.work()
    shown = desk.shown(source)
    assert shown["text"] == source["text"]
    assert [each["id"] for each in shown["snapshots"]][-1] == taken["id"]
    assert dump(appearance(desk, claim)) == before
    assert desk.room.call(
        "GET", f"/v1/snapshots/{taken['id']}/text", "con", status=200
    ).text.startswith(LEAVING)


def test_archive_required_is_met_by_a_snapshot_only(desk):
    desk.room.set_policy(archive_required=True)
    pasted = desk.room.source(url="http://a.example/pasted", text=SILENCE)
    claim = desk.room.claim(accepted=True)
    desk.room.evidence(claim, pasted, quote={"exact": OTHER})
    verdict = desk.room.verdict(claim)
    refused = desk.room.act(verdict, "rev", "propose", status=409).json
    assert "archived copy" in refused["detail"]
    undone = get(desk, verdict)["digest"]
    desk.serve(SILENCE, LEAVING, path="/pasted")
    desk.fetch(pasted)
    assert get(desk, verdict)["digest"] != undone
    desk.room.act(verdict, "rev", "propose")


def test_an_approval_lapses_when_the_evidence_gets_its_snapshot(desk):
    pasted = desk.room.source(url="http://a.example/pasted", text=SILENCE)
    claim = desk.room.claim(accepted=True)
    desk.room.evidence(claim, pasted, quote={"exact": OTHER})
    verdict = desk.room.verdict_in("approved", claim)
    desk.serve(SILENCE, LEAVING, path="/pasted")
    desk.fetch(pasted)
    assert get(desk, verdict)["state"] == "proposed"
    desk.room.act(verdict, "rev2", "approve")
    desk.room.act(verdict, "ed", "publish")
