"""What becomes of quotes when their source is fetched again."""

import pytest

from tests.drift.scene import (
    ASSURED,
    LEAVING,
    OTHER,
    QUOTE,
    SILENCE,
    appearance,
    evidence,
    get,
    open_checks,
    rechecks,
)


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


def test_the_public_is_not_told_how_quotes_fare(desk, source, claim):
    desk.room.verdict_in("published", claim)
    desk.fetch(source)
    assert appearance(desk, claim)["standing"]["outcome"] == "exact"
    for path in (claim, f"{claim}/appearances"):
        told = desk.room.call("GET", path, status=200).json
        (place,) = told.get("appearances") or told["items"]
        assert place["standing"] is None


def test_many_quotes_take_no_more_statements_than_one(desk, source, claim, count_queries):
    def statements():
        with count_queries() as queries:
            desk.fetch(source)
        return len(queries)

    statements()  # from the second time on, there is a check before
    few = statements()
    for words in ("peacekeepers", "villages", "Officials", "the date that was agreed", "nobody"):
        desk.room.evidence(claim, source, quote={"exact": words})
    assert statements() == few
    assert statements() == few
