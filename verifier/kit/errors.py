"""What can go wrong, by kind. Services raise facts that derive from these and know no HTTP.

The class name is the fact, its docstring explains it to the reader of `/problems/{slug}`, and
`kit/problems.py` holds the one table that turns the kinds into answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class InputFault:
    """One thing wrong with what was sent: a JSON Pointer (RFC 6901), and what would be right."""

    pointer: str
    detail: str


class DomainError(Exception):
    """Something the service will not do, with a sentence that says why and what would be right."""

    title: ClassVar[str] = ""

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members

    @classmethod
    def slug(cls) -> str:
        """The fact's name as it stands in the problem's `type`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def heading(cls) -> str:
        """The short, unchanging summary of this kind of problem."""
        return cls.title or cls.slug().replace("-", " ").capitalize()


class Unreadable(DomainError):
    """The request's body or a parameter cannot be read at all."""


class NotAuthenticated(DomainError):
    """The request carries no token, or one that is unknown, expired or revoked."""

    title = "A valid token is needed"


class NotAllowed(DomainError):
    """You are known, but your role or your token's scopes do not include this."""


class NotFound(DomainError):
    """There is no such thing here, or you may not see it: the answer does not tell which."""


class Conflict(DomainError):
    """The present state of things does not permit this."""


class Duplicate(Conflict):
    """The same thing is here already; the member `existing` names it."""


class Invalid(DomainError):
    """The request was understood, but some of its members or parameters are not right.

    The member `errors` lists each one, a hundred at most, with a JSON Pointer and a sentence that
    says what would be right.
    """

    title = "The input is not valid"

    def __init__(self, faults: Sequence[InputFault], detail: str = "", **members: Any) -> None:
        super().__init__(detail or faults[0].detail, **members)
        self.faults = tuple(faults)

    @classmethod
    def member(cls, pointer: str, detail: str, **members: Any) -> Invalid:
        """The common case of one wrong member."""
        return cls([InputFault(pointer, detail)], **members)


class Stale(DomainError):
    """The resource has changed since you read it: `If-Match` names a version that is not current.

    Read it again, look at what changed, and repeat your request with the new `ETag`.
    """

    title = "Your view is outdated"


class PreconditionMissing(DomainError):
    """Changing something that exists needs `If-Match` with the `ETag` you last read of it.

    It keeps two people who work on the same thing from overwriting each other.
    """

    title = "If-Match is missing"


class TooManyRequests(DomainError):
    """Your token has used up its requests for this minute; `Retry-After` says when to go on."""


class NotOffered(DomainError):
    """There is no answer in the format that you ask for; ask for another one."""


class Busy(DomainError):
    """The database could not serve this in time. Nothing was changed; try again shortly."""

    title = "Busy, try again"


def all_kinds(root: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """Every kind of problem the loaded service can answer with, depth first."""
    for kind in root.__subclasses__():
        yield kind
        yield from all_kinds(kind)
