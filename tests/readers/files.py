"""Foreign files for the readers, written by hand, and what the readers make of them."""

import io
import json
from typing import Any

from verifier.readers.reading import rows
from verifier.readers.records import GivenClaim, Row


def read(content: bytes | str | object, **options: Any) -> list[Row]:
    """The rows of a file; what is neither bytes nor text is written as JSON."""
    if not isinstance(content, bytes | str):
        content = json.dumps(content)
    data = content.encode() if isinstance(content, str) else content
    return list(rows(io.BytesIO(data), **options))


def one(content: bytes | str | object, **options: Any) -> Row:
    (row,) = read(content, **options)
    return row


def claim(content: bytes | str | object, **options: Any) -> GivenClaim:
    """The claim of a file's one row."""
    given = one(content, **options).given
    assert isinstance(given, GivenClaim)
    return given


def told(row: Row) -> dict[str, str]:
    """What was mended, by place. The last of several at one place."""
    return {remark.pointer: remark.detail for remark in row.repairs}


def review(**changes: object) -> dict[str, Any]:
    """A sound ClaimReview; a change to None takes the member away."""
    sound = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": "https://zagros.example/checks/bridge",
        "claimReviewed": "The new bridge was closed within a week.",
        "datePublished": "2026-03-04T10:00:00Z",
        "inLanguage": "en",
        "author": {
            "@type": "Organization",
            "name": "Zagros Facts",
            "url": "https://zagros.example",
        },
        "reviewRating": {
            "@type": "Rating",
            "alternateName": "False",
            "ratingValue": 1,
            "bestRating": 5,
            "worstRating": 1,
        },
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Person", "name": "Aysel Sample"},
            "datePublished": "2026-03-01",
            "appearance": {"@type": "CreativeWork", "url": "https://posts.example/7"},
        },
    }
    return {name: value for name, value in (sound | changes).items() if value is not None}
