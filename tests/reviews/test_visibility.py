"""Who sees what: the public what was published, colleagues and partners the rest."""

import pytest

from tests.newsroom import QUOTE

ABSENT = "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d16"


@pytest.fixture
def told(newsroom):
    """Newsroom and the path of a verified claim on which colleagues have said a lot."""
    source = newsroom.source()
    place = {"source": source["id"], "quote": {"exact": QUOTE}, "first": True}
    claim = newsroom.claim(appearances=[place], claimant={"name": "A ministry"})
    newsroom.act(claim, "ed", "reject", reason="opinion", comment="SECRET rejection")
    newsroom.act(claim, "ed", "reopen", comment="SECRET reopening")
    newsroom.act(claim, "rev", "accept")
    newsroom.act(claim, "ed", "assign", assignee=newsroom.ids["rev"])
    due = {"due_at": "2031-03-03T03:03:03Z", "priority": "urgent"}
    newsroom.call("PATCH", claim, "rev", etag="*", json=due, status=200)
    newsroom.evidence(claim, source, note="Their own words.")
    verdict = newsroom.verdict_in("proposed", claim, title="Published title")
    newsroom.act(verdict, "rev2", "request_changes", comment="SECRET request")
    newsroom.act(verdict, "rev", "propose")
    newsroom.act(verdict, "rev2", "approve", comment="SECRET approval")
    recusal = {"reason": "SECRET interest"}
    newsroom.call("POST", f"{claim}/recusals", "con", json=recusal, status=201)
    newsroom.act(verdict, "ed", "publish")
    newsroom.evidence(claim, source, note="SECRET uncited note")
    newsroom.verdict_in("withdrawn", claim, title="SECRET withdrawn title")
    newsroom.verdict_in("draft", claim, title="SECRET draft title", summary="SECRET draft")
    return newsroom, claim


@pytest.mark.parametrize("reader", [None, "out"])
def test_the_public_reads_what_was_published_and_nothing_else(told, reader):
    newsroom, claim = told
    (verdict,) = newsroom.call("GET", f"{claim}/verdicts", reader, status=200).json["items"]
    places = (
        claim, f"{claim}/verdicts", f"/v1/verdicts/{verdict['id']}", f"{claim}/appearances",
        f"{claim}/history", f"{claim}/claimreview", "/v1/claims", "/v1/exports/ndjson",
        "/v1/exports/csv", "/v1/exports/datafeed", "/v1/exports/claimreview",
    )  # fmt: skip
    answers = {place: newsroom.call("GET", place, reader, status=200).text for place in places}
    assert "Published title" in answers[f"/v1/verdicts/{verdict['id']}"]
    assert QUOTE in answers[claim]

    people = ("con", "rev", "rev2", "ed", "ann")
    unsaid = [
        "SECRET", "2031-03-03", "urgent", "@", *(f'"name":"{name}"' for name in people),
        *(newsroom.ids[name] for name in people),
    ]  # fmt: skip
    for place, answer in answers.items():
        answer = answer.replace('"@', "")  # noqa: PLW2901  (JSON-LD's own members)
        assert [word for word in unsaid if word in answer] == [], place


def test_what_a_retracted_claim_duplicates_is_for_the_desk(newsroom):
    claim, verdict = newsroom.published()
    newsroom.act(verdict, "ed", "retract", reason="It rests on a parody.")
    original = newsroom.claim(text="The troops stay.").rpartition("/")[2]
    newsroom.act(claim, "rev", "mark_duplicate", of=original)
    for place in (claim, "/v1/claims", "/v1/exports/ndjson", f"{claim}/history"):
        assert original not in newsroom.call("GET", place, status=200).text, place
        assert original in newsroom.call("GET", place, "con", status=200).text, place


def test_colleagues_and_partners_read_all_of_it(told):
    newsroom, claim = told
    for reader in ("con", "cas_con"):
        shown = newsroom.call("GET", claim, reader, status=200).json
        assert (shown["assignee"]["name"], shown["priority"]) == ("rev", "urgent")
        verdicts = newsroom.call("GET", f"{claim}/verdicts", reader).json["items"]
        assert [verdict["state"] for verdict in verdicts] == ["published", "withdrawn", "draft"]
        assert verdicts[0]["author"]["name"] == "rev"
        comments = [review["comment"] for review in verdicts[0]["reviews"]]
        assert comments == ["SECRET request", "SECRET approval"]
        history = newsroom.call("GET", f"{claim}/history", reader).text
        assert "SECRET rejection" in history
        assert "@" not in history


def test_what_is_not_published_is_absent_to_others(newsroom):
    verdict = newsroom.verdict_in("approved")
    shown = newsroom.call("GET", verdict, "rev").json
    claim, piece = f"/v1/claims/{shown['claim']}", f"/v1/evidence/{shown['evidence'][0]}"
    for path in (verdict, claim, *(f"{claim}/{part}" for part in ("verdicts", "history"))):
        for reader in (None, "out"):
            newsroom.call("GET", path, reader, status=404)
    for path in (piece, f"{claim}/evidence"):
        newsroom.call("GET", path, None, status=401)
        newsroom.call("GET", path, "out", status=404)
    for reader in (None, "out"):
        assert newsroom.call("GET", "/v1/claims", reader).json["items"] == []


def test_a_refusal_does_not_tell_whether_something_is_there(newsroom):
    shown = newsroom.call("GET", newsroom.verdict_in("draft"), "rev").json
    attempts = [
        ("GET", "/v1/claims/{}", shown["claim"], None),
        ("PATCH", "/v1/claims/{}", shown["claim"], {"priority": "low"}),
        ("POST", "/v1/claims/{}/actions", shown["claim"], {"action": "accept"}),
        ("POST", "/v1/claims/{}/verdicts", shown["claim"], {"rating": "false"}),
        ("POST", "/v1/claims/{}/recusals", shown["claim"], {}),
        ("GET", "/v1/claims/{}/evidence", shown["claim"], None),
        ("GET", "/v1/verdicts/{}", shown["id"], None),
        ("PATCH", "/v1/verdicts/{}", shown["id"], {"title": "Mine"}),
        ("POST", "/v1/verdicts/{}/actions", shown["id"], {"action": "publish"}),
        ("GET", "/v1/evidence/{}", shown["evidence"][0], None),
        ("PATCH", "/v1/evidence/{}", shown["evidence"][0], {"note": "Mine"}),
    ]
    for method, path, there, sent in attempts:
        answers = [
            newsroom.call(method, path.format(item), "out", etag="*", json=sent, status=404).json
            for item in (there, ABSENT)
        ]
        for answer in answers:
            del answer["instance"]
        assert answers[0] == answers[1], (method, path)


def test_evidence_of_a_published_claim_is_still_the_desks(newsroom):
    claim, verdict = newsroom.published()
    cited = newsroom.call("GET", verdict).json["evidence"][0]
    newsroom.call("GET", f"{claim}/evidence", "out", status=403)
    newsroom.call("GET", f"/v1/evidence/{cited}", "out", status=404)
    newsroom.call("PATCH", f"/v1/evidence/{cited}", "out", etag="*", json={}, status=404)
    sent = {"action": "withdraw", "reason": "It hurts."}
    newsroom.call("POST", f"/v1/evidence/{cited}/actions", "out", etag="*", json=sent, status=404)


def test_lists_of_verdicts_and_events_are_pages_of_few_queries(newsroom, count_queries):
    claim = newsroom.claim(accepted=True)
    drafts = [newsroom.verdict(claim).rpartition("/")[2] for _ in range(3)]
    for part, ids in [("verdicts", drafts), ("history", None)]:
        with count_queries() as queries:
            whole = newsroom.call("GET", f"{claim}/{part}", "rev", status=200).json["items"]
        # Who asks, whether they may see the claim, the page; what is masked in a history.
        assert len(queries) == {"verdicts": 3, "history": 4}[part]
        assert ids is None or [item["id"] for item in whole] == ids

        found, following = [], f"{claim}/{part}?limit=2"
        while following:
            page = newsroom.call("GET", following, "rev", status=200).json
            found += page["items"]
            following = page["next"] and f"{claim}/{part}?limit=2&cursor={page['next']}"
        assert found == whole
