"""Fact-checks of every kind for the pages' tests."""

from __future__ import annotations

from verifier.accounts.actor import SERVICE
from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.kit.clock import new_id, now, rfc3339
from verifier.reviews.models import Verdict

MARK = "Zangezur"
"""Stands in whatever no page may show."""


def import_verdict(database, claim_path, *, publisher="Other Checkers", **members):
    """A verdict that somebody else has published, in force here without anybody's approval."""
    given = {
        "title": "They did not", "summary": "No.", "explanation": "", "language": "en",
        "url": "https://other.example/checks/1", **members,
    }  # fmt: skip
    shown = {"label": "Pants on fire", "normalised": "false", "value": 1, "worst": 1, "best": 10}
    with database.transaction() as session:
        claim = session.get_one(Claim, claim_path.rsplit("/", 1)[1])
        moment = now()
        verdict = Verdict(
            id=new_id(), claim_id=claim.id, desk_id=claim.desk_id, author_id=None, rating="false",
            scale_version=1, state="published", round=0, digest="0" * 64, origin="imported",
            publisher=publisher, published_at=moment, created_at=moment, updated_at=moment, **given,
        )  # fmt: skip
        session.add(verdict)
        record_on_claim(session, SERVICE, claim, "verdict.imported", verdict)
        claim.verdict = {
            "id": verdict.id, "rating": "false", **shown, "published_at": rfc3339(moment),
            **{name: given[name] for name in ("title", "summary", "language", "url")},
        }  # fmt: skip
        claim.rating, claim.normalised = "false", "false"
        claim.published_at, claim.status = moment, "verified"
        record_on_claim(session, SERVICE, claim, "claim.verified", claim)


def page_of(path):
    """The public page of a claim's address in the API."""
    return path.replace("/v1/claims/", "/factchecks/")
