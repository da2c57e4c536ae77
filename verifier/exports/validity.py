"""What makes a ClaimReview valid: each way to fail as a fault that says how to mend it.

Strict, because a search engine drops what is not valid and tells nobody. The rules are those of
https://schema.org/ClaimReview and
https://developers.google.com/search/docs/appearance/structured-data/factcheck
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from verifier.kit.weblinks import is_web_address


class Fault(NamedTuple):
    """A JSON Pointer into the ClaimReview, and a sentence on how to mend what is there."""

    pointer: str
    detail: str


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def faults(document: Mapping[str, object]) -> list[Fault]:
    """Everything that keeps a rendered ClaimReview from being valid; empty if it is."""
    leaves = dict(_leaves(document))
    return [*_missing(leaves), *_malformed(leaves), *_off_the_scale(leaves)]


def is_day(value: object) -> bool:
    """`YYYY-MM-DD`, and in the calendar."""
    return isinstance(value, str) and bool(_DAY.fullmatch(value)) and _in_calendar(value)


def is_instant(value: object) -> bool:
    """An RFC 3339 time with its offset, and in the calendar."""
    return isinstance(value, str) and bool(_INSTANT.fullmatch(value)) and _in_calendar(value)


def is_time(value: object) -> bool:
    """A Date or a DateTime, as schema.org has them."""
    return is_day(value) or is_instant(value)


def is_language_tag(value: object) -> bool:
    """The shape of a BCP 47 tag (https://www.rfc-editor.org/rfc/rfc5646#section-2.1)."""
    return isinstance(value, str) and bool(_LANGUAGE_TAG.fullmatch(value))


def _in_calendar(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _leaves(value: object, pointer: str = "") -> Iterator[tuple[str, object]]:
    """Every text and number of the document with its JSON Pointer."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{pointer}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{pointer}/{index}")
    else:
        yield pointer, value


_REQUIRED = {
    "/claimReviewed": "The claim has no text; write the statement that was checked.",
    "/url": "The fact-check has no address; give the verdict a url.",
    "/datePublished": "The verdict has no time of publication; give it a published_at.",
    "/author/name": "Nobody signs the fact-check; name the desk, or the imported verdict's"
    " publisher.",
    "/reviewRating/alternateName": "The rating has no label in the verdict's language; add one to"
    " the rating scale.",
}

_WORK_URL = "The source's url must be an absolute http or https address; correct the source."
_WORK_DATE = "The source's published_at must be a day or a time that exists; correct the source."

# By pointer without list indexes: what the text must be, and how to mend it.
_FORMS: dict[str, tuple[Callable[[object], bool], str]] = {
    "/url": (
        is_web_address,
        "The verdict's url must be an absolute http or https address; correct it.",
    ),
    "/datePublished": (is_time, "The verdict's published_at must be an RFC 3339 time."),
    "/dateModified": (is_time, "The verdict's published_at must be an RFC 3339 time."),
    "/inLanguage": (
        is_language_tag,
        "The verdict's language must be a BCP 47 tag such as “en” or “pt-BR”.",
    ),
    "/author/url": (
        is_web_address,
        "The desk's url must be an absolute http or https address; correct the desk.",
    ),
    "/itemReviewed/author/sameAs": (
        is_web_address,
        "The claimant's same_as must be the absolute http or https address of a page about them.",
    ),
    "/itemReviewed/datePublished": (
        is_day,
        "The claim's claimed_on must be a day that exists, as YYYY-MM-DD.",
    ),
    "/itemReviewed/firstAppearance/url": (is_web_address, _WORK_URL),
    "/itemReviewed/firstAppearance/datePublished": (is_time, _WORK_DATE),
    "/itemReviewed/appearance/url": (is_web_address, _WORK_URL),
    "/itemReviewed/appearance/datePublished": (is_time, _WORK_DATE),
}


def _missing(leaves: dict[str, object]) -> Iterator[Fault]:
    for pointer, detail in _REQUIRED.items():
        if pointer not in leaves:
            yield Fault(pointer, detail)
    if "/correction/@type" in leaves and "/correction/text" not in leaves:
        yield Fault("/correction/text", "The correction has no note; say what was corrected.")


def _malformed(leaves: dict[str, object]) -> Iterator[Fault]:
    for pointer, value in leaves.items():
        form = _FORMS.get(re.sub(r"/[0-9]+", "", pointer))
        if form and not form[0](value):
            yield Fault(pointer, form[1])


def _off_the_scale(leaves: dict[str, object]) -> Iterator[Fault]:
    """Worst at least 1, worst below best, the value between them, ends included."""
    value, best, worst = (
        leaves.get(f"/reviewRating/{name}") for name in ("ratingValue", "bestRating", "worstRating")
    )
    if value is None:
        return
    if not (isinstance(value, int) and isinstance(best, int) and isinstance(worst, int)):
        yield Fault("/reviewRating", "The rating's value needs a scale with a best and a worst.")
        return
    if worst < 1:
        yield Fault("/reviewRating/worstRating", "The scale's worst value must be 1 or more.")
    if worst >= best:
        yield Fault("/reviewRating/bestRating", "The scale's best value must be above its worst.")
    if not worst <= value <= best:
        yield Fault("/reviewRating/ratingValue", "The rating's value must lie on its scale.")
