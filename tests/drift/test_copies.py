"""Which copy a quote rests on: the first there is, one that was brought, an older one."""

from tests.drift.scene import (
    ASSURED,
    LEAVING,
    OTHER,
    QUOTE,
    SILENCE,
    appearance,
    bring,
    evidence,
    get,
    open_checks,
)
from tests.work import ADDRESS


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
    assert desk.work() == 1  # the claim is compared with others
    shown = desk.fetch(source)
    assert (shown["text"], shown["text_snapshot"]) == (source["text"], None)
    pinned = {each["id"]: each for each in get(desk, f"{claim}/evidence")["items"]}
    assert pinned[there["id"]]["snapshot"] == shown["snapshots"][0]["id"]
    assert pinned[there["id"]]["quote"] == there["quote"]
    assert pinned[absent["id"]]["snapshot"] is None
    assert [check["exact"] for check in open_checks(desk, claim)] == ["As pasted by hand"]
    later = desk.room.evidence(claim, shown, quote={"exact": OTHER})
    assert later["snapshot"] == shown["snapshots"][0]["id"]
    nowhere = desk.room.evidence(claim, shown, quote={"exact": "pasted by hand"})
    assert nowhere["snapshot"] is None


def test_a_copy_of_an_older_day_changes_nothing_but_is_kept(desk, source, claim):
    before = appearance(desk, claim)
    taken = bring(desk, source, LEAVING, LEAVING, fetched_at="2020-01-01T00:00:00Z")
    shown = desk.shown(source)
    assert shown["text"] == source["text"]
    assert [each["id"] for each in shown["snapshots"]][-1] == taken["id"]
    assert appearance(desk, claim) == before
    text = desk.room.call("GET", f"/v1/snapshots/{taken['id']}/text", "con", status=200).text
    assert text.startswith(LEAVING)


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


def test_a_page_that_is_gone_can_still_be_brought_as_it_was(desk_at_work):
    desk = desk_at_work
    source = desk.source()
    claim = desk.room.claim(accepted=True)
    desk.room.evidence(claim, source, quote={"exact": OTHER})
    assert [each["http_status"] for each in source["snapshots"]] == [404]
    taken = bring(desk, source, LEAVING, SILENCE, fetched_at="2024-04-17T10:00:00Z")
    shown = desk.shown(source)
    assert shown["text_snapshot"] == taken["id"]
    piece = evidence(desk, claim)
    assert (piece["snapshot"], piece["snapshot_sha256"]) == (taken["id"], taken["sha256"])
    assert shown["text"][piece["quote"]["start"] : piece["quote"]["end"]] == OTHER


def test_what_the_page_no_longer_says_rests_on_the_copy_that_says_it(desk_at_work):
    desk = desk_at_work
    desk.serve(LEAVING, ASSURED)
    source = desk.room.call("POST", "/v1/sources", "con", json={"url": ADDRESS}, status=201).json
    claim = desk.room.claim(accepted=True)
    desk.room.evidence(claim, source, quote={"exact": OTHER})
    desk.work()
    assert evidence(desk, claim)["snapshot"] is None
    assert len(open_checks(desk, claim)) == 1
    taken = bring(desk, source, LEAVING, SILENCE, fetched_at="2024-04-17T10:00:00Z")
    assert evidence(desk, claim)["snapshot"] == taken["id"]
    assert ASSURED in desk.shown(source)["text"]
    assert len(open_checks(desk, claim)) == 1  # of the page as it is now


def test_in_an_entered_text_an_appearance_keeps_its_place(desk):
    source = desk.room.source(url=ADDRESS, text=f"As pasted by hand: {QUOTE}.")
    claim = desk.room.claim(appearances=[{"source": source["id"], "quote": {"exact": QUOTE}}])
    before = appearance(desk, claim)["quote"]
    desk.fetch(source)
    now = appearance(desk, claim)
    assert now["quote"] == before
    assert now["standing"]["outcome"] == "moved"
    assert now["standing"]["start"] != before["start"]


def test_what_a_published_verdict_cites_is_not_pinned_afterwards(desk):
    source = desk.room.source(url=ADDRESS, text=SILENCE)
    claim = desk.room.claim(accepted=True)
    desk.room.evidence(claim, source, quote={"exact": OTHER})
    verdict = desk.room.verdict_in("published", claim)
    before = get(desk, verdict)
    assert desk.fetch(source)["snapshots"]
    assert evidence(desk, claim)["snapshot"] is None
    assert evidence(desk, claim)["standing"]["outcome"] == "moved"
    after = get(desk, verdict)
    assert (after["digest"], after["version"]) == (before["digest"], before["version"])


def test_a_page_that_is_not_there_is_no_copy_to_rest_on(desk_at_work):
    desk = desk_at_work
    source = desk.room.call("POST", "/v1/sources", "con", json={"url": ADDRESS}, status=201).json
    claim = desk.room.claim(accepted=True)
    desk.room.evidence(claim, source)
    desk.work()
    assert [each["http_status"] for each in desk.shown(source)["snapshots"]] == [404]
    assert evidence(desk, claim)["snapshot"] is None
