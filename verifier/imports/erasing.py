"""What is erased of a claim or a source goes from the row that brought it, too.

The row as it stood in its file may say it anywhere, so nothing of it stays. The file itself does,
as archived copies do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import update

from verifier.events.erasure import ERASED_TEXT
from verifier.events.service import on
from verifier.imports.models import ImportRow
from verifier.imports.report import KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor

NOTHING: Final[dict[str, list[str]]] = {kind: [] for kind in KINDS}


@on("claim.erased")
def forget_claims_row(session: Session, _actor: Actor, claim: Any) -> None:
    """Any later row that was known to be the same claim goes with it."""
    _forget(session, ImportRow.claim_id == claim.id)


@on("appearance.erased", "evidence.erased", "verdict.erased")
def forget_row_of_claim(session: Session, _actor: Actor, part: Any) -> None:
    """What hangs on a claim came by the claim's row."""
    _forget(session, ImportRow.claim_id == part.claim_id)


@on("source.erased")
def forget_sources_row(session: Session, _actor: Actor, source: Any) -> None:
    """A claim's row that tells of the source is the claim's, and is erased with that."""
    _forget(session, ImportRow.source_id == source.id)


def _forget(session: Session, those: Any) -> None:
    session.execute(update(ImportRow).where(those).values(raw=ERASED_TEXT, remarks=NOTHING))
