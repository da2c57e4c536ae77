"""DataFeed and `@graph`: streamed, and valid JSON however many items there are."""

from collections.abc import Iterator

import orjson
import pytest

from verifier.exports.claimreview import review
from verifier.exports.datafeed import FeedItem, graph, stream

from .claimreview_rules import problems
from .samples import PUBLIC_URL, record

NOW = "2026-11-22T12:00:00Z"


def item(text: str = "The troops left early.") -> FeedItem:
    document, _ = review(record(text=text), public_url=PUBLIC_URL)
    assert document is not None
    return FeedItem(document, "2026-11-18T08:00:00Z", "2026-11-20T09:30:00Z")


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_a_feed_has_the_shape_of_the_contract(size: int) -> None:
    items = [item(f"Convoy {number} left.") for number in range(size)]
    feed = orjson.loads(b"".join(stream(items, modified=NOW)))
    assert list(feed) == ["@context", "@type", "dateModified", "dataFeedElement"]
    assert (feed["@context"], feed["@type"]) == ("https://schema.org", "DataFeed")
    assert feed["dateModified"] == NOW
    assert feed["dataFeedElement"] == [
        {
            "@type": "DataFeedItem",
            "dateCreated": "2026-11-18T08:00:00Z",
            "dateModified": "2026-11-20T09:30:00Z",
            "item": [given.document],
        }
        for given in items
    ]


@pytest.mark.parametrize("size", [0, 1, 3])
def test_a_graph_lists_whole_claim_reviews(size: int) -> None:
    documents = [item(f"Convoy {number} left.").document for number in range(size)]
    answer = orjson.loads(b"".join(graph(documents)))
    assert answer == {"@context": "https://schema.org", "@graph": documents}
    assert [problems(document) for document in answer["@graph"]] == [[]] * size


def test_items_are_written_as_they_come() -> None:
    taken = 0

    def endless() -> Iterator[FeedItem]:
        nonlocal taken
        while True:
            taken += 1
            yield item()

    pieces = stream(endless(), modified=NOW)
    next(pieces)
    assert taken == 0
    next(pieces)
    assert taken == 1


def test_a_broken_export_is_not_valid_json() -> None:
    pieces = list(stream([item(), item()], modified=NOW))
    for cut in range(1, len(pieces)):
        with pytest.raises(orjson.JSONDecodeError):
            orjson.loads(b"".join(pieces[:cut]))


def test_a_document_may_come_ready_made() -> None:
    ready = orjson.Fragment(b'{"@type":"ClaimReview"}')
    feed = orjson.loads(b"".join(stream([FeedItem(ready, NOW, NOW)], modified=NOW)))
    assert feed["dataFeedElement"][0]["item"] == [{"@type": "ClaimReview"}]
