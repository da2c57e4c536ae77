"""A desk's policy as pure rules: is the evidence enough, is the quorum reached, what is judged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from verifier.accounts.scales import UNVERIFIABLE
from verifier.events.chain import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Cited:
    """A cited piece of evidence, as far as policy and digest look at it."""

    id: str
    source_id: str
    domain: str | None
    stance: str
    exact: str | None
    start: int | None
    end: int | None
    note: str
    snapshot_sha256: str | None
    confidential: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of the evidence a verdict cites that is not withdrawn."""

    standing: int
    domains: int
    unarchived: int

    @classmethod
    def of(cls, cited: Iterable[Cited]) -> Tally:
        """Count them."""
        standing = [piece for piece in cited if not piece.withdrawn]
        return cls(
            standing=len(standing),
            domains=len({piece.domain for piece in standing if piece.domain}),
            unarchived=sum(piece.snapshot_sha256 is None for piece in standing),
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """What the desk asks of a verdict: enough evidence, and enough approvals."""

    evidence_required: int
    independent_sources: int
    archive_required: bool
    approvals_required: int
    approving_desks: int

    @classmethod
    def of(cls, desk: Any) -> Policy:
        """The policy of a desk's row."""
        return cls(**{field.name: getattr(desk, field.name) for field in fields(cls)})

    def unmet(self, rating: str, evidence: Tally) -> tuple[str, ...]:
        """What evidence is still missing, as sentences.

        Nothing is, for the rating which says that nothing can be known.
        """
        return () if rating == UNVERIFIABLE else tuple(self._missing(evidence))

    def _missing(self, evidence: Tally) -> Iterable[str]:
        if evidence.standing < self.evidence_required:
            yield (
                f"The desk asks for {self.evidence_required} pieces of evidence; "
                f"{evidence.standing} are cited."
            )
        if evidence.domains < self.independent_sources and self.independent_sources > 1:
            yield (
                f"The desk asks for evidence from {self.independent_sources} independent sites; "
                f"this is from {evidence.domains}."
            )
        if self.archive_required and evidence.unarchived:
            yield (
                "The desk asks for an archived copy of all evidence; "
                f"{evidence.unarchived} pieces have none."
            )

    def quorum_reached(self, *, people: int, desks: int) -> bool:
        """Whether so many colleagues of so many desks are enough."""
        return people >= self.approvals_required and desks >= self.approving_desks


def digest_of(claim: dict[str, Any], verdict: dict[str, Any], cited: Iterable[Cited]) -> str:
    """SHA-256 (hex) of what is being judged: the statement, the rating, the texts, the evidence.

    Two verdicts have the same digest only if a reviewer would look at the same thing.
    """
    evidence = [
        {
            "id": piece.id,
            "source": piece.source_id,
            "stance": piece.stance,
            "quote": [piece.exact, piece.start, piece.end],
            "note": piece.note,
            "snapshot": piece.snapshot_sha256,
            "withdrawn": piece.withdrawn,
        }
        for piece in sorted(cited, key=lambda piece: piece.id)
    ]
    judged = {"claim": claim, "verdict": verdict, "evidence": evidence}
    return hashlib.sha256(canonical(judged).encode()).hexdigest()
