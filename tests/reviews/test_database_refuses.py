"""The last line: what the database itself refuses, whatever program talks to it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from verifier.kit.clock import new_id, now
from verifier.reviews.models import Review

REFUSALS = "stays as it is|is append-only|nothing is deleted|never changes"
REWRITES = [
    "UPDATE verdicts SET published_at = NULL",
    "UPDATE verdicts SET title = 'Never mind'",
    "UPDATE verdicts SET rating = 'true'",
    "UPDATE verdicts SET digest = 'f'",
    "UPDATE verdicts SET url = 'https://elsewhere.example/'",
    "UPDATE verdicts SET correction_note = 'Never mind'",
    "DELETE FROM verdicts",
    "UPDATE events SET type = 'nothing.happened'",
    "UPDATE events SET data = '{}'",
    "DELETE FROM events",
    "UPDATE reviews SET decision = 'changes_requested'",
    "DELETE FROM reviews",
    "UPDATE rating_scales SET ratings = '[]'",
    "DELETE FROM rating_scales",
    "DELETE FROM evidence",
    "DELETE FROM claims",
]


def test_it_does_not_rewrite_what_happened_or_was_published(newsroom, database):
    _, verdict = newsroom.published()
    before = newsroom.call("GET", verdict).text
    for statement in REWRITES:
        with pytest.raises(DBAPIError, match=REFUSALS), database.transaction() as session:
            session.execute(text(statement))
    assert newsroom.call("GET", verdict).text == before


def test_it_takes_no_review_by_the_author(newsroom, database):
    verdict = newsroom.verdict_in("proposed")
    shown = newsroom.call("GET", verdict, "rev").json
    review = {
        "verdict_id": shown["id"], "desk_id": newsroom.ids["border-desk"], "decision": "approved",
        "digest": shown["digest"], "round": 1, "comment": None, "rating": None,
    }  # fmt: skip
    rev, rev2 = newsroom.ids["rev"], newsroom.ids["rev2"]
    for author, reviewer in [(rev, rev), (rev2, rev)]:
        people = {"author_id": author, "reviewer_id": reviewer}
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.add(Review(id=new_id(), created_at=now(), **review, **people))
    assert newsroom.call("GET", verdict, "rev").json["reviews"] == []


def test_it_has_one_verdict_of_a_claim_in_force(newsroom, database):
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, newsroom.source())
    newsroom.verdict_in("approved", claim)
    newsroom.verdict_in("published", claim)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("UPDATE verdicts SET state = 'published' WHERE state = 'approved'"))
