"""What replaced what: for those who have used a verdict that no longer stands."""

import threading

CORRECTION = {"kind": "correction", "note": "The deadline was 2026, not 2025."}


def corrections(room, query="", who=None):
    return room.call("GET", f"/v1/corrections?{query}", who, status=200).json


def test_who_used_the_old_verdict_learns_of_the_new_one(newsroom):
    claim, first = newsroom.published()
    assert corrections(newsroom)["items"] == []
    start = corrections(newsroom)["next"]
    second = newsroom.verdict_in("published", claim, rating="false", correction=CORRECTION)
    newsroom.act(second, "ed", "retract", reason="It rests on a parody.")
    replaced, retracted = corrections(newsroom, f"cursor={start}")["items"]
    assert claim.endswith(replaced["claim"])
    assert (replaced["kind"], replaced["note"]) == ("correction", CORRECTION["note"])
    assert first.endswith(replaced["old"]["id"])
    assert second.endswith(replaced["new"]["id"])
    assert (replaced["old"]["rating"], replaced["new"]["rating"]) == ("mostly-true", "false")
    assert replaced["old"]["url"].endswith(f"/factchecks/{replaced['claim']}")
    assert (retracted["kind"], retracted["note"]) == ("retraction", "It rests on a parody.")
    assert second.endswith(retracted["old"]["id"])
    assert retracted["new"] is None
    since = corrections(newsroom, f"since={retracted['at']}")["items"]
    assert since == [retracted]
    assert corrections(newsroom, "desk=border-desk")["items"] == [replaced, retracted]
    for desk in ("far-desk", "no-desk"):
        assert corrections(newsroom, f"desk={desk}")["items"] == []


def test_the_address_is_that_of_the_claimreview(newsroom):
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, newsroom.source())
    verdict = newsroom.verdict(claim)
    newsroom.act(verdict, "rev", "propose")
    newsroom.act(verdict, "rev2", "approve")
    newsroom.act(verdict, "ed", "publish", url="https://border-desk.example/early")
    review = newsroom.call("GET", f"{claim}/claimreview").json
    newsroom.verdict_in("published", claim, correction=CORRECTION)
    (only,) = corrections(newsroom)["items"]
    assert only["old"]["url"] == review["url"] == "https://border-desk.example/early"
    assert only["new"]["url"] == newsroom.call("GET", f"{claim}/claimreview").json["url"]


def test_a_reader_who_goes_on_misses_none_and_sees_none_twice(newsroom):
    """While they are made in one desk, several at a time."""
    claims = [newsroom.published(newsroom.claim(text=f"{n}.", accepted=True, allow_duplicate=True))
              if n == 0 else (None, newsroom.verdict_in("published")) for n in range(4)]  # fmt: skip

    def retract(verdict):
        newsroom.act(verdict, "ed", "retract", reason="It rests on a parody.")

    threads = [threading.Thread(target=retract, args=(verdict,)) for _, verdict in claims]
    for thread in threads:
        thread.start()
    seen, cursor = [], ""
    while any(thread.is_alive() for thread in threads) or len(seen) < len(threads):
        page = corrections(newsroom, f"limit=1{cursor}")
        seen += [item["old"]["id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == sorted(verdict[-36:] for _, verdict in claims)
