"""What a stranger's `claims:search` answered: what is not as it should be is left out."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from verifier.kit.clock import rfc3339
from verifier.kit.errors import Invalid, Unreadable
from verifier.kit.fields import Instant, Language, Pasted, Url
from verifier.kit.strict_json import read_json

LONGEST_TEXT: Final = 5000
LONGEST_NAME: Final = 500
LONGEST_SITE: Final = 253
MOST_CLAIMS: Final = 10
MOST_REVIEWS: Final = 20


class AnswerUnreadable(Exception):
    """The answer is none; the text is a sentence for a person."""


class Understood(NamedTuple):
    """Claims as this service shows them, and how many were left out."""

    items: list[dict[str, Any]]
    left_out: int


class _Lenient(Schema):
    class Meta:
        unknown = EXCLUDE


class _Publisher(_Lenient):
    name = Pasted(LONGEST_NAME, load_default=None)
    site = Pasted(LONGEST_SITE, load_default=None)


class _Review(_Lenient):
    url = Url(required=True)
    publisher = fields.Nested(_Publisher, load_default=dict)
    title = Pasted(LONGEST_TEXT, load_default=None)
    published_at = Instant(data_key="reviewDate", load_default=None)
    rating = Pasted(LONGEST_TEXT, data_key="textualRating", load_default=None)
    language = Language(data_key="languageCode", load_default=None)


class _Claim(_Lenient):
    text = Pasted(LONGEST_TEXT, required=True)
    claimant = Pasted(LONGEST_NAME, load_default=None)
    claimed_on = Instant(data_key="claimDate", load_default=None)
    reviews = fields.List(fields.Raw(), data_key="claimReview", required=True)


_CLAIM: Final = _Claim()
_REVIEW: Final = _Review()


def read_answer(body: bytes) -> Understood:
    """Raises `AnswerUnreadable` where it is no such answer at all."""
    try:
        document = read_json(body)
    except (Unreadable, Invalid):
        message = "Its answer is no JSON that can be trusted."
        raise AnswerUnreadable(message) from None
    claims = document.get("claims", []) if isinstance(document, dict) else None
    if not isinstance(claims, list):
        message = "Its answer is not of the shape that such services answer in."
        raise AnswerUnreadable(message)
    read = [_claim(each) for each in claims[:MOST_CLAIMS]]
    items = [each for each in read if each is not None]
    return Understood(items, len(claims) - len(items))


def _claim(given: Any) -> dict[str, Any] | None:
    """Nothing without a review that can be looked at: the rest is hearsay."""
    try:
        claim: dict[str, Any] = _CLAIM.load(given)
    except ValidationError:
        return None
    read = [_review(each) for each in claim["reviews"][:MOST_REVIEWS]]
    reviews = [each for each in read if each is not None]
    if not reviews:
        return None
    said = claim["claimed_on"]
    return claim | {"claimed_on": said.date().isoformat() if said else None, "reviews": reviews}


def _review(given: Any) -> dict[str, Any] | None:
    try:
        review: dict[str, Any] = _REVIEW.load(given)
    except ValidationError:
        return None
    publisher = review.pop("publisher")
    moment = review.pop("published_at")
    return {
        "publisher": publisher.get("name"),
        "site": publisher.get("site"),
        **review,
        "published_at": rfc3339(moment) if moment else None,
    }
