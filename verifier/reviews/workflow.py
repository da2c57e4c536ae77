"""What may happen to a verdict: the second of the two workflow tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.accounts.permissions import Permission
from verifier.claims.workflow import may
from verifier.kit.errors import Conflict, NotAllowed
from verifier.kit.workflow import Condition, Move, Workflow

PUBLIC_STATES: Final = ("published", "superseded", "retracted")
"""States of verdicts that were published once; the public may read them for good."""
CLAIM_STATUSES: Final = ("in_review", "verified")
"""Where a claim must stand for verdicts on it to be drafted and to move on."""
OPEN_STATES: Final = ("draft", "proposed", "approved")
"""States of verdicts that are still being worked on."""


@dataclass(frozen=True, slots=True)
class VerdictFacts:
    """What the table asks about: the person, the claim, and the desk's policy."""

    rights: frozenset[Permission]
    is_author: bool = False
    is_recused: bool = False
    has_reviewed: bool = False
    claim_status: str = "in_review"
    unmet: tuple[str, ...] = ()
    """What the desk's evidence policy still asks for, as sentences."""
    has_quorum: bool = True
    replaces_in_force: bool = True
    """Whether publishing would correct exactly the verdict in force, or there is none."""


class NotTheAuthor(NotAllowed):
    """Only a verdict's author edits, proposes or withdraws it."""


class ReviewerIsAuthor(NotAllowed):
    """A verdict's author does not review it: somebody else must look at it with fresh eyes."""


class ReviewerIsRecused(NotAllowed):
    """You have declared a competing interest in this claim."""


class AlreadyReviewed(Conflict):
    """You have reviewed this verdict as it stands; a second voice must be somebody else's."""


class EvidencePolicyUnmet(Conflict):
    """The desk asks more evidence of a verdict than this one cites.

    Attach evidence, cite it in the verdict, and propose it again.
    """


class ClaimIsNotOpen(Conflict):
    """A verdict moves on only while its claim is in review or verified."""


class QuorumNotReached(Conflict):
    """The desk's policy asks for more approvals than this verdict has. Have it reviewed again."""


class CorrectsAnother(Conflict):
    """The verdict in force is another one than this verdict was proposed to correct.

    Have changes requested, and propose it again with a correction of the one now in force.
    """


AUTHOR: Final = Condition(
    lambda facts: facts.is_author, NotTheAuthor, "Only the verdict's author does this."
)
WRITER: Final = may(Permission.VERDICT_WRITE)
REVIEWER: Final = (
    may(Permission.VERDICT_REVIEW),
    Condition(
        lambda facts: not facts.is_author,
        ReviewerIsAuthor,
        "You wrote this verdict; a colleague must review it.",
    ),
    Condition(
        lambda facts: not facts.is_recused,
        ReviewerIsRecused,
        "You have declared a competing interest in this claim.",
    ),
)
EDITOR: Final = (may(Permission.VERDICT_PUBLISH),)
CLAIM_OPEN: Final = Condition(
    lambda facts: facts.claim_status in CLAIM_STATUSES,
    ClaimIsNotOpen,
    lambda facts: f"The claim is {facts.claim_status}; it must be in review, or verified.",
)
NOT_REVIEWED: Final = Condition(
    lambda facts: not facts.has_reviewed,
    AlreadyReviewed,
    "You have reviewed this verdict as it stands.",
)
EVIDENCE: Final = Condition(
    lambda facts: not facts.unmet, EvidencePolicyUnmet, lambda facts: " ".join(facts.unmet)
)
QUORUM: Final = Condition(
    lambda facts: facts.has_quorum,
    QuorumNotReached,
    "The desk's policy has changed and asks for more approvals than this verdict has.",
)
CORRECTS_IN_FORCE: Final = Condition(
    lambda facts: facts.replaces_in_force,
    CorrectsAnother,
    "This verdict was not proposed as a correction of the one that is in force now.",
)

VERDICT_WORKFLOW: Final = Workflow(
    (
        Move("edit", ("draft",), None, (WRITER, AUTHOR), posted=False),
        Move("propose", ("draft",), "proposed", (WRITER, AUTHOR), (CLAIM_OPEN, EVIDENCE)),
        Move("withdraw", ("draft", "proposed"), "withdrawn", (WRITER, AUTHOR)),
        Move(
            "approve", ("proposed",), "approved", REVIEWER, (CLAIM_OPEN, NOT_REVIEWED),
            otherwise=("proposed", "draft"),
        ),
        Move("request_changes", ("proposed", "approved"), "draft", REVIEWER),
        Move(
            "publish", ("approved",), "published", EDITOR,
            (CLAIM_OPEN, EVIDENCE, QUORUM, CORRECTS_IN_FORCE),
        ),
        Move("retract", ("published",), "retracted", EDITOR),
        Move("superseded", ("published",), "superseded", automatic=True, posted=False),
        Move("approvals_lapsed", ("approved",), "proposed", automatic=True, posted=False),
    )
)  # fmt: skip
