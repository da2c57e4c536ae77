"""How many queries an answer takes: the same however much is shown. Finding out who asks takes one."""

from __future__ import annotations

import pytest

from tests.newsroom import QUOTE
from tests.operations import valid_requests

READS = {
    "show_me": 2, "show_desk": 3, "list_desks": 2, "show_scale": 3, "list_members": 3,
    "show_member": 4, "list_tokens": 2, "show_source": 2, "show_text": 2, "list_sources": 2,
    "list_suggestions": 3, "show_claim": 2, "list_claims": 2, "list_appearances": 3, "show_evidence": 2, "list_evidence": 3,
    "show_verdict": 2, "list_verdicts": 3, "show_proof": 6, "show_checkpoint": 3, "show_consistency": 3, "show_history": 4, "show_queue": 2,
    "show_claimreview": 2, "export_claims": 2, "list_snapshots": 3, "show_snapshot": 2,
    "show_snapshot_text": 2, "download_snapshot": 2, "list_snapshot_quotes": 3, "show_job": 2,
    "list_quote_checks": 3, "show_quote_check": 2, "list_match_subscriptions": 2,
    "show_match_subscription": 2, "list_claim_matches": 3, "show_claim_match": 2,
    "list_imports": 2, "show_import": 2, "show_report": 3, "show_claim_original": 2,
    "show_source_original": 2,
    "search_claims": 8,
    "follow_verdicts": 3, "follow_corrections": 3, "follow_claimreviews": 5,
    "follow_events": 5, "list_corrections": 2, "list_webhooks": 2, "show_webhook": 3,
    "list_deliveries": 3, "show_delivery": 3,
}  # fmt: skip
"""By operation, with one for the token; those below a claim or desk first ask whether it is visible."""
MOST = {
    "draft_verdict": 20, "edit_verdict": 20, "act_on_verdict": 25,
    # The index is written, and the worker asked to compare the claim with others.
    "submit_claim": 18, "update_claim": 18,
    # It goes from the search, from the row that brought it, and from messages that are kept.
    "erase_on_claim": 22,
    # Two open verdicts go with it, each with an event of its own.
    "update_evidence": 32, "act_on_evidence": 32, "put_scale": 42,
}  # fmt: skip


@pytest.fixture
def requests(newsroom):
    found = valid_requests(newsroom)
    for who in newsroom.tokens:
        newsroom.call("GET", "/v1/me", who, status=200)  # the first use of a token is noted
    return found


def enlarge(newsroom, requests):
    """More of everything, at every level."""
    claim, source = requests["show_claim"].path, newsroom.source(url=None)
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    for n in range(4):
        newsroom.call("POST", f"{claim}/appearances", "con", json=place, status=201)
        newsroom.evidence(claim, source)
        newsroom.verdict(claim)
        newsroom.source(url=None)
        newsroom.claim(text=f"Claim {n}.", appearances=[place])
        newsroom.call("POST", "/v1/tokens", "con", json={"name": "more"}, status=201)


def test_reads_take_a_fixed_number_of_queries(newsroom, requests, count_queries):
    for size in ("small", "large"):
        if size == "large":
            enlarge(newsroom, requests)
        for name, number in READS.items():
            with count_queries() as queries:
                answer = requests[name].send(newsroom)
                assert answer.status_code == 200
                assert answer.data  # streamed to its end
            assert len(queries) == number, (size, name, queries)


def test_every_read_is_counted(requests):
    assert READS.keys() == {r.operation for r in requests.values() if r.method == "GET"}


def test_the_public_costs_no_more(newsroom, requests, count_queries):
    for name, number in (("list_claims", 1), ("show_claimreview", 1), ("export_claims", 1)):
        with count_queries() as queries:
            assert requests[name].send(newsroom, None).data
        assert len(queries) == number, (name, queries)


def test_the_size_of_a_page_costs_no_query(newsroom, requests, count_queries):
    enlarge(newsroom, requests)
    for name, number in READS.items():
        if not name.startswith("list_") and name not in ("show_history", "show_queue"):
            continue
        request = requests[name]
        for limit in (1, 200):
            with count_queries() as queries:
                newsroom.call("GET", f"{request.path}?limit={limit}", request.who, status=200)
            assert len(queries) == number, (name, limit, queries)


@pytest.mark.parametrize("export_format", ["claimreview", "datafeed", "ndjson", "csv"])
def test_an_export_is_one_query(newsroom, requests, count_queries, export_format):
    enlarge(newsroom, requests)
    with count_queries() as queries:
        answer = newsroom.call("GET", f"/v1/exports/{export_format}", "con", status=200)
        assert answer.data
    assert len(queries) == 2, queries


def test_changes_take_a_bounded_number_of_queries(newsroom, requests, count_queries):
    """Each writes its rows, the trail's event and the chain's head; none reads in a loop."""
    for request in requests.values():
        if request.method != "GET":
            etag = request.current_etag(newsroom)
            with count_queries() as queries:
                request.send(newsroom, etag=etag)
            most = MOST.get(request.operation, 14)
            assert len(queries) <= most, (request.operation, len(queries), queries)
