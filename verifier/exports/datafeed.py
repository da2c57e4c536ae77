"""Many ClaimReviews in one document, written piece by piece so that no export has to fit in memory.

Every ClaimReview keeps its own `@context`: whoever takes one out of the list has it whole. A stream
that breaks off is not valid JSON, so a half export is never taken for a whole one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import orjson


class FeedItem(NamedTuple):
    """A ClaimReview, with the times (RFC 3339) its claim was created and last changed."""

    document: Mapping[str, object] | orjson.Fragment
    created: str
    modified: str


def stream(items: Iterable[FeedItem], *, modified: str) -> Iterator[bytes]:
    """A schema.org DataFeed, https://schema.org/DataFeed; `modified` is the feed's own time."""
    head = {"@context": "https://schema.org", "@type": "DataFeed", "dateModified": modified}
    return _envelope(head, "dataFeedElement", (_element(item) for item in items))


def graph(documents: Iterable[Mapping[str, object] | orjson.Fragment]) -> Iterator[bytes]:
    """A JSON-LD `@graph`, https://www.w3.org/TR/json-ld11/#named-graphs, of ClaimReviews."""
    return _envelope({"@context": "https://schema.org"}, "@graph", documents)


def _element(item: FeedItem) -> dict[str, object]:
    """`item` is a list: one fact-check may answer several claims."""
    return {
        "@type": "DataFeedItem",
        "dateCreated": item.created,
        "dateModified": item.modified,
        "item": [item.document],
    }


def _envelope(head: dict[str, str], member: str, items: Iterable[object]) -> Iterator[bytes]:
    """`head` with one more member, the list of `items`, each on a line of its own."""
    yield orjson.dumps(head).removesuffix(b"}") + b"," + orjson.dumps(member) + b":["
    separator = b"\n"
    for item in items:
        yield separator + orjson.dumps(item)
        separator = b",\n"
    yield b"\n]}\n"
