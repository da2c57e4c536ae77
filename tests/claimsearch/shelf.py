"""Published reviews put into a database at once, as an import puts them there."""

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from verifier.accounts.models import Account, Desk
from verifier.claims.models import Claim
from verifier.claims.service import NO_EVIDENCE, claimant_key
from verifier.fulltext.index import Known, index_many
from verifier.fulltext.weighing import Statement
from verifier.kit.clock import new_id, now, rfc3339
from verifier.kit.text import matching_key
from verifier.reviews.models import Verdict
from verifier.reviews.standing import put_in_force

_MINUTES = count()


def days_ago(days):
    """Each a little later than the one before, so that their order is known."""
    return now() - timedelta(days=days, hours=1) + timedelta(seconds=next(_MINUTES))


def shelve(database, *reviews, desk="border-desk"):
    """Dicts of `text`, and what else is known of each; what is not given is made up."""
    with database.transaction() as session:
        home = session.execute(select(Desk.id, Desk.slug).where(Desk.slug == desk)).one()
        author = session.scalars(select(Account.id).limit(1)).one()
        made = [_add(session, home.id, author, **review) for review in reviews]
        session.flush()
        known = [
            Known(claim.id, Statement(text=claim.text, title=claim.verdict["title"]), home.id,
                  claim.language, is_public=True)
            for claim in made
        ]  # fmt: skip
        index_many(session, known)
        put_in_force(session, map(vars, made))
    return [claim.id for claim in made]


def _add(session, desk_id, author, *, text, publisher="Zagros Facts", url=None, language="en",
         reviewed=1, claimant=None, claimed_on=None, title="", label="False"):  # fmt: skip
    moment = days_ago(reviewed)
    claim = Claim(
        id=new_id(), desk_id=desk_id, text=text, text_key=matching_key(text), is_original=False,
        claimant_name=claimant, claimant_key=claimant_key(claimant), claimed_on=claimed_on,
        language=language, topics=[], priority=1, status="verified", evidence=NO_EVIDENCE,
        rating="false", normalised="false", published_at=moment, created_by=author,
        created_at=moment, updated_at=moment, drifted=False,
    )  # fmt: skip
    verdict = Verdict(
        id=new_id(), claim_id=claim.id, desk_id=desk_id, author_id=None, rating="false",
        scale_version=1, title=title, summary="", explanation="", language=language,
        state="published", round=0, digest="0" * 64, origin="imported", publisher=publisher,
        published_at=moment, url=url, created_at=moment, updated_at=moment,
    )  # fmt: skip
    claim.verdict = {
        "id": verdict.id, "rating": "false", "label": label, "normalised": "false", "value": 1,
        "worst": 1, "best": 6, "title": title, "summary": "", "language": language,
        "published_at": rfc3339(moment), "url": url,
    }  # fmt: skip
    session.add(claim)
    session.flush()
    session.add(verdict)
    return claim


def day(days):
    """The date so many days ago."""
    return (datetime.now(UTC) - timedelta(days=days)).date()
