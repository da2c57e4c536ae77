"""Attaching evidence to claims, correcting it, withdrawing it."""

import pytest

from tests.newsroom import QUOTE, TEXT

NOBODY = "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d16"


@pytest.fixture
def piece(newsroom):
    """The path of a piece of evidence that `con` attached."""
    attached = newsroom.evidence(newsroom.claim(), newsroom.source())
    return f"/v1/evidence/{attached['id']}"


def pointers(answer):
    return [fault["pointer"] for fault in answer.json["errors"]]


def test_a_quote_is_anchored_in_the_sources_text(newsroom):
    claim, source = newsroom.claim(), newsroom.source()
    attached = newsroom.evidence(claim, source, quote={"exact": QUOTE}, note="Their own words.")
    quote = attached["quote"]
    assert TEXT[quote["start"] : quote["end"]] == QUOTE
    assert (attached["stance"], attached["note"]) == ("supports", "Their own words.")
    assert attached["added_by"] == {"id": newsroom.ids["con"], "name": "con"}
    assert attached["source"]["url"] == "https://news.example/withdrawal"
    assert newsroom.call("GET", f"/v1/evidence/{attached['id']}", "con").json == attached


def test_what_cannot_be_attached_is_refused_with_a_pointer(newsroom):
    claim, source = newsroom.claim(), newsroom.source()
    foreign = newsroom.source("out")
    good = {"source": source["id"], "stance": "supports"}
    wrong = [
        ({**good, "source": NOBODY}, "/source"),
        ({**good, "source": foreign["id"]}, "/source"),
        ({**good, "stance": "proves"}, "/stance"),
        ({**good, "quote": {"exact": "They will stay."}}, "/quote"),
        ({**good, "quote": {}}, "/quote/exact"),
        ({**good, "note": "a\u0000b"}, "/note"),
        ({**good, "rating": "false"}, "/rating"),
    ]
    for sent, pointer in wrong:
        answer = newsroom.call("POST", f"{claim}/evidence", "con", json=sent, status=422)
        assert pointers(answer) == [pointer]
    assert newsroom.call("GET", f"{claim}/evidence", "con").json["items"] == []


def test_who_attaches_evidence(newsroom):
    claim, source = newsroom.claim(), newsroom.source()
    sent = {"source": source["id"], "stance": "context"}
    expected = {None: 401, "con": 201, "rev": 201, "ed": 201, "cas": 403, "out": 404}
    for who, status in expected.items():
        newsroom.call("POST", f"{claim}/evidence", who, json=sent, status=status)


def test_a_closed_claim_takes_no_evidence(newsroom):
    rejected, duplicate = newsroom.claim(), newsroom.claim(text="The troops stay.")
    newsroom.act(rejected, "rev", "reject", reason="spam")
    newsroom.act(duplicate, "rev", "mark_duplicate", of=rejected.rpartition("/")[2])
    sent = {"source": newsroom.source()["id"], "stance": "supports"}
    for claim, status in [(rejected, "rejected"), (duplicate, "duplicate")]:
        refused = newsroom.call("POST", f"{claim}/evidence", "ed", json=sent, status=409).json
        assert (refused["current"], refused["allowed"]) == (status, ["reopen"])


def test_evidence_is_corrected_by_who_attached_it_and_by_reviewers(newsroom, piece):
    colleague = {"email": "cas_con@caspian-check.example", "role": "contributor"}
    newsroom.call("POST", "/v1/desks/border-desk/members", "ann", json=colleague, status=201)
    expected = {
        None: 401, "con": 200, "rev": 200, "ed": 200, "cas_con": 403, "cas": 403, "out": 404,
    }  # fmt: skip
    for who, status in expected.items():
        newsroom.call("PATCH", piece, who, etag="*", json={"note": f"By {who}"}, status=status)
    assert newsroom.call("GET", piece, "con").json["note"] == "By ed"


def test_a_correction_anchors_a_new_quote_or_drops_it(newsroom, piece):
    def patch(status=200, **members):
        return newsroom.call("PATCH", piece, "con", etag="*", json=members, status=status)

    changed = patch(stance="refutes", quote={"exact": QUOTE}).json
    assert (changed["stance"], changed["quote"]["start"]) == ("refutes", TEXT.index(QUOTE))
    assert pointers(patch(422, quote={"exact": "They will stay."})) == ["/quote"]
    assert pointers(patch(422, source=NOBODY)) == ["/source"]
    assert patch(quote=None).json["quote"] is None


def test_withdrawn_evidence_stays_readable_with_its_reason_and_is_final(newsroom, piece):
    withdrawn = newsroom.act(piece, "rev", "withdraw", reason="It was a parody.").json
    assert withdrawn["withdrawn"]["reason"] == "It was a parody."
    assert withdrawn["withdrawn"]["by"] == {"id": newsroom.ids["rev"], "name": "rev"}
    for method, path, sent in [
        ("PATCH", piece, {"note": "After all."}),
        ("POST", f"{piece}/actions", {"action": "withdraw", "reason": "Again."}),
    ]:
        refused = newsroom.call(method, path, "rev", etag="*", json=sent, status=409).json
        assert (refused["current"], refused["allowed"]) == ("withdrawn", [])
    assert newsroom.call("GET", piece, "con").json == withdrawn
    newsroom.call("DELETE", piece, "ann", status=405)


def test_a_change_needs_a_reason_and_the_version_that_was_read(newsroom, piece):
    stale = newsroom.call("GET", piece, "con").headers["ETag"]
    newsroom.call("PATCH", piece, "con", etag=stale, json={"note": "Newer"}, status=200)
    withdraw = {"action": "withdraw", "reason": "It was a parody."}
    for etag, status in [(None, 428), (stale, 412)]:
        newsroom.call("PATCH", piece, "con", etag=etag, json={"note": "Older"}, status=status)
        newsroom.call("POST", f"{piece}/actions", "con", etag=etag, json=withdraw, status=status)
    for sent, pointer in [({"action": "withdraw"}, "/reason"), ({"reason": "So."}, "/action")]:
        answer = newsroom.call("POST", f"{piece}/actions", "con", etag="*", json=sent, status=422)
        assert pointers(answer) == [pointer]
    assert newsroom.call("GET", piece, "con").json["note"] == "Newer"


def test_a_claim_counts_the_evidence_that_stands(newsroom):
    claim, source = newsroom.claim(), newsroom.source()
    for stance in ("supports", "refutes", "refutes", "context"):
        last = newsroom.evidence(claim, source, stance=stance)["id"]

    def counted():
        return newsroom.call("GET", claim, "con").json["evidence"]

    assert counted() == {"supports": 1, "refutes": 2, "context": 1}
    newsroom.call("PATCH", f"/v1/evidence/{last}", "con", etag="*", json={"stance": "supports"})
    assert counted() == {"supports": 2, "refutes": 2, "context": 0}
    newsroom.act(f"/v1/evidence/{last}", "con", "withdraw", reason="It was a parody.")
    assert counted() == {"supports": 1, "refutes": 2, "context": 0}


def test_evidence_is_listed_in_order_by_stance_and_page_in_few_queries(newsroom, count_queries):
    claim, source = newsroom.claim(), newsroom.source()
    stances = ("supports", "refutes", "context", "supports", "supports")
    attached = [newsroom.evidence(claim, source, stance=stance) for stance in stances]
    with count_queries() as queries:
        listed = newsroom.call("GET", f"{claim}/evidence", "con", status=200).json["items"]
    assert listed == newsroom.call("GET", f"{claim}/evidence", "cas_con").json["items"] == attached
    assert len(queries) == 3  # who asks, whether they may see the claim, the page
    supports = [piece for piece in attached if piece["stance"] == "supports"]
    path = f"{claim}/evidence?stance=supports&limit=2"
    first = newsroom.call("GET", path, "con").json
    second = newsroom.call("GET", f"{path}&cursor={first['next']}", "con").json
    assert (first["items"] + second["items"], second["next"]) == (supports, None)
