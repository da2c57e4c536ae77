"""The types of events that an endpoint can be told of, each with a sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

MATCHED: Final = "subscription.matched"
TYPES: Final[dict[str, str]] = {
    "verdict.published": "A verdict was published",
    "verdict.superseded": "A published verdict was replaced by a correction",
    "verdict.retracted": "A published verdict was retracted",
    "verdict.imported": "A published verdict was imported",
    "verdict.restored": "A desk's own published verdict was brought back",
    "verdict.drafted": "A verdict was drafted",
    "verdict.edited": "A draft was changed",
    "verdict.proposed": "A verdict waits for review",
    "verdict.approved": "A verdict is approved and waits to be published",
    "verdict.returned": "A verdict went back to its author",
    "verdict.reconsidered": "Approvals of a verdict lapsed",
    "verdict.rescaled": "A draft was put on a new rating scale",
    "verdict.withdrawn": "A draft was withdrawn",
    "verdict.erased": "Text of a verdict was erased",
    "review.given": "A review was given",
    "review.erased": "A review's comment was erased",
    "recusal.declared": "A competing interest was declared",
    "recusal.erased": "The reason for a competing interest was erased",
    "claim.submitted": "A claim was submitted",
    "claim.imported": "A claim was imported",
    "claim.edited": "A claim was changed",
    "claim.accepted": "A claim was accepted for checking",
    "claim.rejected": "A claim was rejected",
    "claim.marked_duplicate": "A claim was marked as a duplicate",
    "claim.reopened": "A claim was reopened",
    "claim.assigned": "A claim was assigned",
    "claim.unassigned": "A claim was taken from its assignee",
    "claim.verified": "A claim has a verdict in force",
    "claim.back_in_review": "A claim is in review again",
    "claim.linked": "An imported claim was found to repeat another",
    "claim.erased": "Text of a claim was erased",
    "appearance.imported": "A place where a claim was made was imported",
    "appearance.added": "A place where a claim was made was added",
    "appearance.changed": "A place where a claim was made was changed",
    "appearance.reanchored": "A quote was anchored anew",
    "appearance.drifted": "The source of a quote no longer bears it out",
    "appearance.drift_settled": "It was settled how a quote stands that had drifted",
    "appearance.removed": "A place where a claim was made was taken back",
    "appearance.erased": "The quote of a place where a claim was made was erased",
    "evidence.imported": "Evidence was imported",
    "evidence.attached": "Evidence was attached",
    "evidence.edited": "Evidence was corrected",
    "evidence.pinned": "Evidence was tied to a snapshot",
    "evidence.drifted": "The source of evidence no longer bears its quote out",
    "evidence.drift_settled": "It was settled how evidence stands whose quote had drifted",
    "evidence.withdrawn": "Evidence was withdrawn",
    "evidence.erased": "Text of evidence was erased",
    "match.suggested": "Two claims may say the same",
    "match.rescored": "A suggested duplicate was scored anew",
    "match.withdrawn": "A suggested duplicate was taken back",
    "match.confirmed": "Two claims say the same",
    "match.dismissed": "Two claims do not say the same",
    "source.submitted": "A source was submitted",
    "source.updated": "What is known of a source was corrected",
    "source.read": "A source was read",
    "source.imported": "A source was imported",
    "source.copies_added": "An import told of archived copies of a source",
    "source.erased": "What is known of a source was erased",
    "snapshot.taken": "A snapshot was taken",
    "snapshot.read": "A snapshot was read",
    "desk.created": "The desk was created",
    "desk.updated": "The desk or its policy was changed",
    "desk.scale_replaced": "The rating scale was replaced",
    "member.added": "A member was added",
    "member.role_changed": "A member has another role",
    "member.removed": "A member was removed",
    "import.requested": "An import was asked for",
    "import.finished": "An import is done",
    "import.failed": "An import's file could not be read further",
    "webhook.created": "A webhook was created",
    "webhook.updated": "A webhook was changed",
    "webhook.rotated": "A webhook has a new secret",
    "webhook.tested": "A webhook is being tested",
    "webhook.disabled": "A webhook was disabled",
    "webhook.removed": "A webhook was removed",
    MATCHED: "A question that you keep was answered",
}
PUBLIC: Final = frozenset(
    f"verdict.{happened}"
    for happened in ("published", "superseded", "retracted", "imported", "restored")
)
"""Told with all that the public sees; of the others no text of verdicts, notes or comments."""
BY_NAME_ONLY: Final = frozenset(
    name for name in TYPES if name.endswith((".imported", ".restored", ".linked", ".copies_added"))
)
"""An import may bring a hundred thousand: `claim.*` does not ask for that."""
USUAL: Final = ("verdict.published", "verdict.superseded", "verdict.retracted")


def is_wanted(event_type: str, wanted: Collection[str]) -> bool:
    """Whether the types that an endpoint names, such as `verdict.*`, include this one."""
    if event_type in wanted:
        return True
    return f"{event_type.partition('.')[0]}.*" in wanted and event_type not in BY_NAME_ONLY


def is_known(wanted: str) -> bool:
    """Whether there are events of this type, or of types that begin so."""
    begin, _, end = wanted.partition(".")
    if end == "*":
        return any(known.partition(".")[0] == begin for known in TYPES)
    return wanted in TYPES
