"""The public shapes of the claim search: those of Google's Fact Check Tools API, v1alpha1."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from verifier.claims.schemas import CLAIM_ID, CLAIM_SHOWN, LONGEST_CLAIM
from verifier.claimsearch.masks import BadMask, Mask, Shape, read_mask
from verifier.claimsearch.service import DEPTH
from verifier.kit.fields import FlagParameter, Language, Typed, WholeParameter, choice

DEFAULT_PAGE: Final = 10
LARGEST_PAGE: Final = 100
LARGEST_OFFSET: Final = 1000
LARGEST_NUMBER: Final = 999_999_999
LONGEST_CALLBACK: Final = 200
LONGEST_IGNORED: Final = 4096
_PART: Final = r"[A-Za-z_$][A-Za-z0-9_$]*"
_FUNCTION: Final = rf"{_PART}(?:\.{_PART})*"

_REVIEW: Final[Shape] = {
    "publisher": {"name": {}, "site": {}},
    **{name: {} for name in ("url", "title", "reviewDate", "textualRating", "languageCode")},
}
_CLAIM: Final[Shape] = {"text": {}, "claimant": {}, "claimDate": {}, "claimReview": _REVIEW}
SHAPE: Final[Shape] = {"claims": _CLAIM, "nextPageToken": {}}


class MaskParameter(fields.String):
    """A field mask of the answer."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Mask:  # type: ignore[override]
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return read_mask(text, SHAPE) if text.strip() else {}
        except BadMask as error:
            raise ValidationError(str(error)) from None


class LanguageParameter(Language):
    """A language tag; an empty one is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, attr, data, **kwargs) if value else ""


def _ignored(description: str, **kwargs: Any) -> fields.String:
    return Typed(LONGEST_IGNORED, metadata={"description": description}, **kwargs)


class ClaimSearchQuery(Schema):
    """What Google's API takes. An empty text and the number 0 stand for what is left out."""

    query = Typed(
        LONGEST_CLAIM,
        load_default="",
        metadata={
            "description": "What to look for. Required unless `reviewPublisherSiteFilter` is given."
        },
    )
    languageCode = LanguageParameter(  # noqa: N815  (Google's spelling)
        load_default="",
        metadata={"description": "Only reviews in this language; its region does not matter."},
    )
    reviewPublisherSiteFilter = Typed(  # noqa: N815
        LONGEST_CLAIM,
        load_default="",
        metadata={"description": "Only reviews on this site, such as `checks.example.org`."},
    )
    maxAgeDays = WholeParameter(  # noqa: N815
        0,
        LARGEST_NUMBER,
        load_default=0,
        metadata={"description": "The highest age, by the newer of the claim's and review's days."},
    )
    pageSize = WholeParameter(  # noqa: N815
        0,
        LARGEST_NUMBER,
        load_default=0,
        metadata={
            "description": f"How many claims to show: {DEFAULT_PAGE} if nothing is said, and never "
            f"more than {LARGEST_PAGE}."
        },
    )
    pageToken = fields.String(  # noqa: N815
        load_default="",
        metadata={"description": "`nextPageToken` of the page before; all else must be as it was."},
    )
    offset = WholeParameter(
        0,
        LARGEST_OFFSET,
        load_default=0,
        metadata={"description": "How many claims to pass over; only without a `pageToken`."},
    )
    fields_ = MaskParameter(
        data_key="fields",
        load_default=dict,
        metadata={
            "description": "The wanted part of the answer, such as "
            "`claims(text,claimReview/url),nextPageToken`."
        },
    )
    alt = choice("json", load_default="json", metadata={"description": "The answer's format."})
    prettyPrint = FlagParameter(  # noqa: N815
        load_default=True, metadata={"description": "Whether the answer has indents."}
    )
    callback = fields.String(
        validate=[
            validate.Length(max=LONGEST_CALLBACK),
            validate.Regexp(
                re.compile(rf"{_FUNCTION}\Z"),
                error="This must be the name of a function in JavaScript, such as app.show.",
            ),
        ],
        metadata={
            "description": "The answer as a script that calls this function (JSONP).",
            "pattern": f"^{_FUNCTION}$",
        },
    )
    key = _ignored("Taken and not looked at: what is published is for everybody.")
    access_token = _ignored("Not looked at; send a token as `Authorization`, if at all.")
    oauth_token = _ignored("Not looked at; send a token as `Authorization`, if at all.")
    quotaUser = _ignored("Not looked at.")  # noqa: N815
    uploadType = _ignored("Not looked at.")  # noqa: N815
    upload_protocol = _ignored("Not looked at.")
    xgafv = choice(
        "1", "2", data_key="$.xgafv", metadata={"description": "Errors have one format here."}
    )

    @validates_schema
    def asks_for_something(self, data: dict[str, Any], **_: Any) -> None:
        """All there is would be an export."""
        if not data["query"].strip() and not data["reviewPublisherSiteFilter"].strip():
            message = "Say what to look for, or give a reviewPublisherSiteFilter."
            raise ValidationError(message, "query")


class ReviewPublisher(Schema):
    """Who reviewed the claim."""

    name = fields.String()
    site = fields.String(metadata={"description": "The host of `url` without `www.`."})


def _moment() -> fields.String:
    return fields.String(metadata={"format": "google-datetime"})


class ClaimReviewFound(Schema):
    """A published review that is in force."""

    publisher = fields.Nested(ReviewPublisher)
    url = fields.String(metadata={"format": "uri"})
    title = fields.String()
    reviewDate = _moment()  # noqa: N815
    textualRating = fields.String(  # noqa: N815
        metadata={"description": "The rating's name, in the review's language."}
    )
    languageCode = fields.String()  # noqa: N815


class ClaimFound(Schema):
    """A claim with its reviews, the newest first."""

    text = fields.String()
    claimant = fields.String()
    claimDate = _moment()  # noqa: N815
    claimReview = fields.List(fields.Nested(ClaimReviewFound))  # noqa: N815


class ClaimSearchResult(Schema):
    """What was found, the best first; members that are empty are left out."""

    claims = fields.List(fields.Nested(ClaimFound))
    nextPageToken = fields.String()  # noqa: N815


class GoogleErrorInfo(Schema):
    """What went wrong."""

    code = fields.Integer(required=True)
    message = fields.String(required=True)
    status = fields.String(required=True)


class GoogleError(Schema):
    """An error as Google's APIs tell it."""

    error = fields.Nested(GoogleErrorInfo, required=True)


FOUND: Final[dict[str, Any]] = {
    "claims": [
        {
            "text": CLAIM_SHOWN["text"],
            "claimant": "A ministry",
            "claimDate": "2024-11-20T00:00:00Z",
            "claimReview": [
                {
                    "publisher": {"name": "Border Desk", "site": "checks.example.org"},
                    "url": f"https://checks.example.org/factchecks/{CLAIM_ID}",
                    "title": "Early pull-out",
                    "reviewDate": "2026-11-22T09:30:00Z",
                    "textualRating": "Mostly true",
                    "languageCode": "en",
                }
            ],
        }
    ]
}
DESCRIPTION: Final = f"""\
A drop-in for `claims.search` of Google's Fact Check Tools API: its clients work with this address
in the place of `https://factchecktools.googleapis.com`. Published verdicts in force alone are
found; reviews of the same statement by the same claimant stand under one claim, whoever's they are.

With a `query` the {DEPTH} best claims are ranked, and paging ends with them; with a site alone all
of its reviews are listed, newest first. A question that is too long for an address may be sent as a
form by POST with `X-HTTP-Method-Override: GET`, as Google's clients do.
"""
