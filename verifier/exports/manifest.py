"""An export's manifest: what it is of, its bytes' hash, and the trail's checkpoint by then."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from verifier.events.checkpoints import checkpoint_document, newest_checkpoint
from verifier.kit.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(slots=True)
class Manifest:
    """Made before the export is read, told once its bytes have gone by."""

    format: str
    filters: dict[str, Any]
    checkpoint: dict[str, Any] | None
    at: datetime
    claims: int = 0
    length: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    @classmethod
    def begin(cls, session: Session, export_format: str, filters: dict[str, Any]) -> Manifest:
        """With the checkpoint as the same session sees it that the export is read in."""
        newest = newest_checkpoint(session)
        shown = checkpoint_document(newest) if newest is not None else None
        return cls(export_format, filters, shown, now())

    def count(self, texts: Iterable[str]) -> Iterator[str]:
        """The records, counted: also those that a JSON-LD format then leaves out."""
        for text in texts:
            self.claims += 1
            yield text

    def read(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The export's bytes, hashed as they go by."""
        for chunk in chunks:
            self.length += len(chunk)
            self._hash.update(chunk)
            yield chunk

    def document(self) -> dict[str, Any]:
        """What it says in the end."""
        return {
            "format": self.format,
            "filters": self.filters,
            "claims": self.claims,
            "bytes": self.length,
            "sha256": self._hash.hexdigest(),
            "at": self.at,
            "checkpoint": self.checkpoint,
        }
