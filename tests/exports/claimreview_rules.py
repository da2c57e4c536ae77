"""The contract's rules for a ClaimReview, written a second time, knowing nothing of the product.

It knows the whole document: a member it has not heard of is a problem, and so is anything empty.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[object], Iterator[str]]


def problems(document: object) -> list[str]:
    """What is wrong with a document that claims to be a ClaimReview; empty if nothing is."""
    if not isinstance(document, dict):
        return ["not an object"]
    inner = dict(document)
    context = inner.pop("@context", None)
    found = [] if context == "https://schema.org" else [f"@context is {context!r}"]
    return found + list(_claim_review(inner))


def text(value: object) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"no text: {value!r}"


def url(value: object) -> Iterator[str]:
    yield from text(value)
    parts = urlsplit(str(value))
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        yield f"not an absolute web address: {value!r}"
    if any(character.isspace() or character < " " for character in str(value)):
        yield f"white space in an address: {value!r}"


def day(value: object) -> Iterator[str]:
    try:
        known = date.fromisoformat(str(value)).isoformat() == value
    except ValueError:
        known = False
    if not known:
        yield f"not a day: {value!r}"


def time(value: object) -> Iterator[str]:
    if not isinstance(value, str) or "T" not in value:
        yield from day(value)
        return
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        yield f"not a time: {value!r}"
        return
    if moment.tzinfo is None or len(value) < len("2025-01-01T00:00:00Z"):
        yield f"not an RFC 3339 time: {value!r}"


def tag(value: object) -> Iterator[str]:
    yield from text(value)
    parts = str(value).split("-")
    if not all(part.isascii() and part.isalnum() and len(part[8:]) == 0 for part in parts):
        yield f"not a language tag: {value!r}"


def node(types: set[str], required: dict[str, Check], optional: dict[str, Check]) -> Check:
    """A check for an object: its types, what it must have, what it may have, and nothing else."""

    def check(value: object) -> Iterator[str]:
        if not isinstance(value, dict) or value.get("@type") not in types:
            yield f"not one of {sorted(types)}: {value!r}"
            return
        yield from (f"{name} is missing" for name in required if name not in value)
        members = required | optional
        for name in value.keys() - {"@type"}:
            if name not in members:
                yield f"unheard of: {name}"
                continue
            yield from (f"{name}: {problem}" for problem in members[name](value[name]))

    return check


def several(check: Check) -> Check:
    def check_all(value: object) -> Iterator[str]:
        if not isinstance(value, list) or not value:
            yield f"not a list of some: {value!r}"
            return
        for item in value:
            yield from check(item)

    return check_all


def rating(value: object) -> Iterator[str]:
    """Numbers: none or all three; worst at least 1, worst < best, the value within."""
    yield from _rating_members(value)
    members: dict[str, Any] = value if isinstance(value, dict) else {}
    scale = [members.get(name) for name in ("worstRating", "ratingValue", "bestRating")]
    numbers = [given for given in scale if isinstance(given, int | float)]
    if scale == [None, None, None]:
        return
    if numbers != scale:
        yield f"numbers are none or three: {scale}"
        return
    worst, given, best = numbers
    if not 1 <= worst < best or not worst <= given <= best:
        yield f"off the scale: {scale}"


def number(value: object) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield f"not a number: {value!r}"


def work(value: object) -> Iterator[str]:
    yield from _work_members(value)
    if isinstance(value, dict) and not value.keys() & {"url", "headline"}:
        yield "a work without url and headline"


_rating_members = node(
    {"Rating"},
    {"alternateName": text},
    {"ratingValue": number, "bestRating": number, "worstRating": number, "ratingExplanation": text},
)
_work_members = node(
    {"CreativeWork"},
    {},
    {
        "url": url,
        "headline": text,
        "publisher": node({"Organization"}, {"name": text}, {}),
        "datePublished": time,
    },
)
_claim_review = node(
    {"ClaimReview"},
    {
        "url": url,
        "claimReviewed": text,
        "datePublished": time,
        "dateModified": time,
        "author": node({"Organization"}, {"name": text}, {"url": url}),
        "reviewRating": rating,
        "itemReviewed": node(
            {"Claim"},
            {},
            {
                "author": node({"Person", "Organization"}, {"name": text}, {"sameAs": url}),
                "datePublished": day,
                "firstAppearance": work,
                "appearance": several(work),
            },
        ),
    },
    {
        "inLanguage": tag,
        "correction": node({"CorrectionComment"}, {"text": text, "datePublished": time}, {}),
    },
)
