"""Bringing what a reader has understood into the shape of the tables; what is mended is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from verifier.kit.errors import Invalid
from verifier.kit.fields import EARLIEST, LATEST, LONGEST_URL
from verifier.kit.languages import canonical_language
from verifier.kit.text import pasted_text, source_text
from verifier.readers.records import ArchivedCopy, Remark
from verifier.sources.service import addressed

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_COPIES: Final = 20
_HEX: Final = frozenset("0123456789abcdef")
_SHA256_LENGTH: Final = 64
NOWHERE: Final = addressed(None)


@dataclass(slots=True)
class Fitter:
    """Each method gives what can be kept of a member, and notes what that changed."""

    repairs: list[Remark] = field(default_factory=list)

    def tell(self, member: str, detail: str) -> None:
        """Note a repair of the named member."""
        self.repairs.append(Remark("", f"{member}: {detail}"))

    def line(self, member: str, text: str | None, longest: int) -> str | None:
        """One line of text."""
        return self._cut(member, " ".join(pasted_text(text or "").split()), longest)

    def prose(self, member: str, text: str | None, longest: int) -> str | None:
        """Text of several lines."""
        return self._cut(member, pasted_text(text or "").strip(), longest)

    def url(self, member: str, url: str | None) -> str | None:
        """An absolute http(s) address, or none."""
        url = pasted_text(url or "").strip()
        if not url:
            return None
        if is_web_address(url):
            return url
        self.tell(member, "this is no absolute http or https address and was left out")
        return None

    def address(self, url: str | None) -> dict[str, str | None]:
        """A publication's address in its forms."""
        url = pasted_text(url or "").strip() or None
        try:
            return addressed(url)
        except Invalid as error:
            self.tell("source url", f"{error.detail} It was left out.")
            return NOWHERE

    def language(self, member: str, tag: str | None) -> str | None:
        """A language tag in its canonical spelling, or none."""
        if not tag:
            return None
        try:
            return canonical_language(tag)
        except ValueError:
            self.tell(member, "this is no language tag and was left out")
            return None

    def moment(self, member: str, moment: datetime | None) -> datetime | None:
        """A time in UTC; one without an offset is taken as UTC."""
        if moment is None:
            return None
        try:
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            moment = LATEST
        if EARLIEST <= moment < LATEST:
            return moment
        self.tell(member, "this is no time that can be kept, and was left out")
        return None

    def topics(self, topics: Iterable[str], *, most: int, longest: int) -> tuple[str, ...]:
        """Each topic once."""
        lines = (self.line("topics", topic, longest) for topic in topics)
        found = tuple(dict.fromkeys(line for line in lines if line))
        if len(found) > most:
            self.tell("topics", f"the first {most} of {len(found)} were kept")
        return found[:most]

    def copies(self, copies: Iterable[ArchivedCopy]) -> tuple[ArchivedCopy, ...]:
        """Archived copies at addresses, a hash only where it is a SHA-256."""
        found: dict[str, ArchivedCopy] = {}
        for copy in copies:
            url = self.url("archived copy", copy.url)
            if url is not None:
                found.setdefault(url, ArchivedCopy(url, self._sha256(copy.sha256)))
        if len(found) > MOST_COPIES:
            self.tell("archived copies", f"the first {MOST_COPIES} of {len(found)} were kept")
        return tuple(found.values())[:MOST_COPIES]

    def rating_numbers(self, *numbers: int | None) -> tuple[int | None, int | None, int | None]:
        """(value, best, worst), all of them or none."""
        value, best, worst = numbers
        if value is None or best is None or worst is None:
            return None, None, None
        if -(2**31) <= worst < best < 2**31 and worst <= value <= best:
            return value, best, worst
        self.tell("rating", "its numbers make no scale and were left out")
        return None, None, None

    def _sha256(self, digest: str | None) -> str | None:
        digest = (digest or "").strip().lower().removeprefix("sha256:") or None
        if digest is None or (len(digest) == _SHA256_LENGTH and _HEX.issuperset(digest)):
            return digest
        self.tell("archived copy", "its hash is no SHA-256 and was left out")
        return None

    def _cut(self, member: str, text: str, longest: int) -> str | None:
        if len(text) > longest:
            self.tell(member, f"its first {longest} of {len(text)} characters were kept")
        return text[:longest] or None


def storable(text: Any) -> str:
    """A row as it stood in the file, less what no database can keep."""
    return source_text(str(text))


def is_web_address(url: str) -> bool:
    """As the API's own fields have it."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return False
    fits = len(url) <= LONGEST_URL and not any(character.isspace() for character in url)
    return bool(usable) and not parts.username and fits
