"""A page of a feed out of its rows, and the DataFeed out of its records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from verifier.exports.claimreview import review
from verifier.exports.datafeed import FeedItem, stream
from verifier.feeds import atom
from verifier.feeds.entries import entry
from verifier.feeds.schemas import PAGE
from verifier.kit.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from verifier.kit.rows import AnyRow

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed changed that nothing has ever stood in: Atom wants a time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A feed as it was asked for, whose addresses are spelt in one way."""

    public_url: str
    path: str
    query: Mapping[str, Any]

    @property
    def filters(self) -> dict[str, str]:
        """Which verdicts, by which the feed is one of its own."""
        apart = ("cursor", "limit")
        return {name: self.query[name] for name in sorted(self.query) if name not in apart}

    def address(self, cursor: str | None = None) -> str:
        """The address of the page that begins at the cursor, or of the first."""
        limit = self.query.get("limit", PAGE)
        given = self.filters | ({} if limit == PAGE else {"limit": limit})
        return self._address(given | ({"cursor": cursor} if cursor else {}))

    @property
    def id(self) -> str:
        """The same for all pages."""
        return self._address(self.filters)

    def _address(self, parameters: Mapping[str, Any]) -> str:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return f"{self.public_url}{self.path}{query}"


def atom_feed(
    title: str, asked: Asked, rows: Sequence[AnyRow], *, following: str | None, software: str
) -> bytes:
    """The page that holds these rows; `following` is the cursor of the one after."""
    name, _, version = software.partition("/")
    links = [
        atom.Link("self", asked.address(asked.query.get("cursor")), "application/atom+xml"),
        atom.Link("alternate", f"{asked.public_url}/factchecks", "text/html"),
        atom.Link("first", asked.address(), "application/atom+xml"),
    ]
    if following:
        links.append(atom.Link("next", asked.address(following), "application/atom+xml"))
    feed = atom.Feed(
        id=asked.id,
        title=": ".join(filter(None, [title, ", ".join(asked.filters.values())])),
        updated=max((row.at for row in rows), default=NEVER),
        generator=(name, version),
        links=links,
        entries=[entry(row, asked.public_url) for row in rows],
    )
    return atom.document(feed)


def data_feed(
    texts: Iterable[str], *, public_url: str, modified: datetime | None
) -> Iterator[bytes]:
    """The records' ClaimReviews, each with the times of its verdict: no time of the request."""
    return stream(_items(texts, public_url), modified=rfc3339(modified or NEVER))


def _items(texts: Iterable[str], public_url: str) -> Iterator[FeedItem]:
    for text in texts:
        document = review(orjson.loads(text), public_url=public_url).document
        if document is not None:
            created, modified = document["datePublished"], document["dateModified"]
            yield FeedItem(document, str(created), str(modified))
