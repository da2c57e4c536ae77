"""The inverted index: which statement is found by which term.

The database's own full text is not used: SQLite's and PostgreSQL's differ, PostgreSQL's knows no
rarity of words, and both rank by walking through all that matches. Here whatever a search looks at
is counted and cut along one primary key, the same on both.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.fulltext.words import LONGEST_WORD
from verifier.kit.columns import Id
from verifier.kit.db import Base

Number: Final = BigInteger().with_variant(Integer, "sqlite")
LONGEST_TERM: Final = 2 * LONGEST_WORD
PUBLIC: Final = 0
"""The scope of what a verdict was ever published on, whichever desk's it is."""


class SearchScope(Base):
    """All that a desk has, by a short number."""

    __tablename__ = "search_scopes"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"), unique=True)


class SearchDocument(Base):
    """A claim as it is searched: the folded words of its fields, a line for each field.

    Each line begins and ends with a space, so that words and phrases are found between spaces.
    Documents are numbered in the order in which the claims came.
    """

    __tablename__ = "search_documents"

    doc: Mapped[int] = mapped_column(Number, primary_key=True)
    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"), unique=True)
    scope: Mapped[int] = mapped_column(Integer, ForeignKey("search_scopes.id"))
    is_public: Mapped[bool]
    language: Mapped[str] = mapped_column(String(35))
    words: Mapped[str] = mapped_column(Text)


class SearchPosting(Base):
    """That a term is in a document of a scope, and its weight there, in thousandths."""

    __tablename__ = "search_postings"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  (SQLAlchemy's own form)

    scope: Mapped[int] = mapped_column(Integer, primary_key=True)
    term: Mapped[str] = mapped_column(
        String(LONGEST_TERM, collation="C").with_variant(String(LONGEST_TERM), "sqlite"),
        primary_key=True,
    )
    doc: Mapped[int] = mapped_column(Number, primary_key=True)
    weight: Mapped[int] = mapped_column(SmallInteger)
