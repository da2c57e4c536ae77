"""Claims by their meaning: what the service has of it where an embedding model is set."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

import structlog

from verifier.kit import sqlite
from verifier.search.encoder import open_encoder
from verifier.search.vectors import Coded, Vectors, coded, connection_of
from verifier.settings import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from verifier.search.encoder import Encoder
    from verifier.settings import Settings

LONGEST: Final = 20_000
"""Code points of a text that are given to the tokeniser; models read some hundreds of words."""

log = structlog.get_logger(__name__)


class Near(NamedTuple):
    """A claim, and the cosine of the angle to what was looked for: 1 is the same."""

    claim_id: str
    similarity: float


class Wording(NamedTuple):
    """What is said of a claim: its text, and the title of its verdict where it has one."""

    text: str
    title: str | None

    @property
    def digest(self) -> str:
        """Another one means that the claim must be encoded anew."""
        return sha256("\0".join((self.text, self.title or "")).encode()).hexdigest()


class Semantic:
    """One model and its vectors, for one process and one database."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.vectors = Vectors(encoder.key, encoder.dimensions)

    def nearest(
        self, reader: Connection | Session, text: str, scopes_desks: Sequence[str], public: bool,  # noqa: FBT001  (one of the two scopes)
        limit: int,
    ) -> list[Near]:  # fmt: skip
        """The nearest in meaning, best first: claims of these desks, published ones if `public`.

        Encodes the text before it reads. A claim whose job was not done yet is not found.
        """
        if not (text.strip() and limit > 0 and (scopes_desks or public)):
            return []
        wanted = self._encoder.encode([text[:LONGEST]], is_query=True)[0]
        connection = connection_of(reader)
        if not self.vectors.are_set_up(connection):
            log.warning("there are no vectors yet; run `verifier search embed`")
            return []
        found = self.vectors.nearest(connection, wanted, scopes_desks, public=public, limit=limit)
        return [Near(*each) for each in found]

    def encode(self, wordings: Sequence[Wording]) -> dict[str, Coded]:
        """The vectors of claims, by their wordings' digests.

        A claim with a verdict lies between its text and its text with the verdict's title.
        """
        if not wordings:
            return {}
        plain = [wording.text[:LONGEST] for wording in wordings]
        titled = [f"{w.title}. {w.text}"[:LONGEST] for w in wordings if w.title]
        rows = self._encoder.encode([*plain, *titled], is_query=False)
        further = iter(rows[len(plain) :])
        result = {}
        for wording, row in zip(wordings, rows, strict=False):
            both = row + next(further) if wording.title else row
            result[wording.digest] = coded(both / (both @ both) ** 0.5)
        return result


def open_semantic(settings: Settings, *, threads: int = 1) -> Semantic | None:
    """What `VERIFIER_EMBEDDING_MODEL` asks for; None where it is not set.

    Raises `SettingError` for a model that cannot be used. Reads the model's files: once a process.
    """
    if settings.embedding_model is None:
        return None
    semantic = Semantic(open_encoder(settings.embedding_model, threads=threads))
    if settings.database_url.startswith("sqlite") and not hasattr(
        sqlite.driver().Connection, "enable_load_extension"
    ):
        raise SettingError(
            "VERIFIER_EMBEDDING_MODEL cannot be used: this Python's SQLite loads no extensions. "
            "Install the package pysqlite3, or let VERIFIER_DATABASE_URL name a PostgreSQL."
        )
    return semantic
