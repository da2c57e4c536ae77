"""Marshmallow fields for what people type: text that can be stored, shown and trusted as text."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, Final
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate

from verifier.kit.languages import canonical_language
from verifier.kit.pagination import DEFAULT_PAGE, LARGEST_PAGE
from verifier.kit.text import pasted_text, source_text, typed_text, typed_text_fault

LONGEST_URL: Final = 2048
LONGEST_EMAIL: Final = 254
EARLIEST: Final = datetime(1000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9998, 12, 31, tzinfo=UTC)
# Python's own readers take other spellings too: week dates, underscores, digits of any script.
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(
    rf"{_DAY.pattern}[Tt][0-9]{{2}}(?::[0-9]{{2}}){{2}}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{{2}}:[0-9]{{2}})"
)
_WHOLE: Final = re.compile("[0-9]{1,9}")
_DELIMITERS: Final = frozenset('<>"')
"""What ends an address in text or markup (RFC 3986, appendix C), so none may hold it."""
_SPELLINGS: Final = {"true": True, "false": False}
SLUG: Final = "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"


class Line(fields.String):
    """One line of typed text, without white space around it."""

    multiline = False

    def __init__(self, longest: int, *, shortest: int = 1, **kwargs: Any) -> None:
        self.longest, self.shortest = longest, shortest
        shape = {"minLength": shortest, "maxLength": longest}
        super().__init__(metadata={**shape, **kwargs.pop("metadata", {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = typed_text(super()._deserialize(value, attr, data, **kwargs)).strip()
        if fault := typed_text_fault(text, multiline=self.multiline):
            raise ValidationError(fault)
        if not self.shortest <= len(text) <= self.longest:
            message = (
                f"This must have {self.shortest} to {self.longest} characters; it has {len(text)}."
            )
            raise ValidationError(message)
        return text


class Typed(fields.String):
    """What is typed into a search field: whatever it is, it is taken, its first part at least."""

    def __init__(self, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return source_text(text)[: self.longest]


class Email(Line):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            LONGEST_EMAIL,
            validate=validate.Email(error="This must be an e-mail address."),
            metadata={"format": "email"},
            **kwargs,
        )


class Prose(Line):
    """Typed text of several lines, such as Markdown."""

    multiline = True


class Pasted(Prose):
    """Text from elsewhere that is looked at and not kept: marks that nobody sees are left out."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        shown = pasted_text(value) if isinstance(value, str) else value
        return super()._deserialize(shown, attr, data, **kwargs)


class Slug(fields.String):
    """A short name for addresses: small letters, digits and inner hyphens."""

    def __init__(self, **kwargs: Any) -> None:
        message = "A slug has 1 to 64 small letters (a-z), digits and inner hyphens."
        shape = validate.Regexp(SLUG.replace("$", r"\Z"), error=message)
        described = {"pattern": SLUG, **kwargs.pop("metadata", {})}
        super().__init__(validate=shape, metadata=described, **kwargs)


class Language(fields.String):
    """A BCP 47 language tag, in its canonical spelling."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return canonical_language(super()._deserialize(value, attr, data, **kwargs) or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None


class Url(Line):
    """An absolute http(s) URL."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"format": "uri", **kwargs.pop("metadata", {})}
        super().__init__(LONGEST_URL, metadata=described, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        url = super()._deserialize(value, attr, data, **kwargs)
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable or parts.username or any(c.isspace() for c in url):
            message = (
                "This must be an absolute http or https URL, such as https://example.org/page."
            )
            raise ValidationError(message)
        if _DELIMITERS & {*url}:
            message = 'In a URL, write %3C for <, %3E for > and %22 for ".'
            raise ValidationError(message)
        return url


class Identifier(fields.String):
    """A UUID in canonical spelling."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "uuid", **kwargs.pop("metadata", {})}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if _UUID.fullmatch(text):
            return text.lower()
        message = "This must be an id, such as 01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f."
        raise ValidationError(message)


class Instant(fields.AwareDateTime):
    """An RFC 3339 time with its offset; kept in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        with suppress(ValidationError, OverflowError):
            if isinstance(value, str) and _TIME.fullmatch(value):
                instant: datetime = super()._deserialize(value.upper(), attr, data, **kwargs)
                instant = instant.astimezone(UTC)
                if EARLIEST <= instant <= LATEST:
                    return instant
        message = "This must be a time with its offset, such as 2026-11-22T09:30:00Z."
        raise ValidationError(message)


class Day(fields.Date):
    """A calendar date."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> date:
        if isinstance(value, str) and _DAY.fullmatch(value):
            with suppress(ValueError):
                return date.fromisoformat(value)
        message = "This must be a date, such as 2026-11-22."
        raise ValidationError(message)


class Whole(fields.Integer):
    """A whole number within bounds; no text, no fractions."""

    def __init__(self, lowest: int, highest: int, **kwargs: Any) -> None:
        bounds = validate.Range(lowest, highest, error="This must be from {min} to {max}.")
        super().__init__(strict=True, validate=bounds, **kwargs)


class WholeParameter(Whole):
    """As `Whole`, in a query, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
        return super()._deserialize(number, attr, data, **kwargs)


class Flag(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> bool:
        if not isinstance(value, bool):
            message = "This must be true or false."
            raise ValidationError(message)
        return value


class FlagParameter(Flag):
    """As `Flag`, in a query, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        return super()._deserialize(_SPELLINGS.get(value, value), attr, data, **kwargs)


class ByName(fields.Dict):
    """Values by a name of the caller's choice."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            # Marshmallow puts "key" and "value" below each name: no place in what was sent.
            told = error.messages
            if isinstance(told, dict):
                told = {name: [*chain(*below.values())] for name, below in told.items()}
            raise ValidationError(told) from None


def choice(
    *values: str,
    title: str | None = None,
    error: str = "This must be one of: {choices}.",
    **kwargs: Any,
) -> fields.String:
    """One of a closed list of words; `title` names the list in the document, wherever it stands."""
    described = kwargs.pop("metadata", {})
    if title:
        described = {"title": title, **described}
    if any(value.startswith("-") for value in values):
        # Without the sign of its direction a name would be there twice in a generated client.
        names = [re.sub("^-(.+)", r"\1_descending", value) for value in values]
        described = {"x-enum-varnames": names, **described}
    allowed = validate.OneOf(values, error=error)
    return fields.String(validate=allowed, metadata=described, **kwargs)


class PageQuery(Schema):
    """What every list takes."""

    limit = WholeParameter(
        1,
        LARGEST_PAGE,
        load_default=DEFAULT_PAGE,
        metadata={"description": "How many items a page holds."},
    )
    cursor = fields.String(metadata={"description": "`next` of the page before; opaque."})
