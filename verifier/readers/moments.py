"""Days and times as people and programs write them. What can be read in two ways is not guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
# RFC 822, section 5.1. Other names of zones mean different ones to different people.
_ZONES: Final = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip

_MONTH: Final = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY: Final = r"(?P<day>[0-9]{1,2})"
_YEAR: Final = r"(?P<year>[0-9]{4})"
_NUMBERS: Final = r"(?P<first>[0-9]{1,2})(?P<mark>[./-])(?P<second>[0-9]{1,2})(?P=mark)"
_DATES: Final = (
    rf"{_YEAR}(?P<between>[-/.])(?P<month>[0-9]{{1,2}})(?P=between){_DAY}",
    rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
    rf"{_NUMBERS}{_YEAR}",
    rf"{_DAY}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH},?[ -]{_YEAR}",
    rf"{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
)
_WEEKDAY: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_TIME: Final = (
    r"(?:t|,? (?:at )?)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<seconds>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,12}))?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
    r"(?: ?(?P<zone>z|[a-z]{2,3})?(?P<offset>[+-][0-9]{2}:?(?:[0-9]{2})?)?)?(?: \([^()]*\))?"
)
_FORMS: Final = [
    re.compile(f"{_WEEKDAY}{form}(?P<clock>{_TIME})?", re.IGNORECASE) for form in _DATES
]
_PLAIN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T\S+)?", re.IGNORECASE)
_EPOCH: Final = re.compile(r"-?[0-9]{9,13}(?:\.[0-9]+)?")
_FEWEST_MILLISECONDS: Final = 10**11  # as seconds, that would be the year 5138


class NoMoment(ValueError):
    """Says in a sentence why a text is no day and no time."""


@dataclass(frozen=True, slots=True)
class Moment:
    """`day` as it stands there, `instant` in UTC, and what was assumed in reading them."""

    day: date
    instant: datetime
    assumed: str | None = None


def read_moment(text: str) -> Moment:
    """The day and instant that a text names; midnight in UTC where it names no time of day."""
    text = " ".join(text.split())
    shown = text[:60]
    if _EPOCH.fullmatch(text):
        return _counted(text)
    found = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    if found is None:
        raise NoMoment(f"“{shown}” is not read as a day or a time.")
    day = _day(found, shown)
    try:
        instant, has_zone = _instant(found, day)
    except (ValueError, OverflowError):
        raise NoMoment(f"“{shown}” is a time that does not exist.") from None
    if found["clock"] and not has_zone:
        return Moment(day, instant, f"“{shown}” names no time zone; it is read as UTC.")
    if _PLAIN.fullmatch(text):
        return Moment(day, instant)
    read = instant.isoformat() if found["clock"] else day.isoformat()
    return Moment(day, instant, f"“{shown}” is read as {read}.")


def _counted(text: str) -> Moment:
    number = float(text)
    milliseconds = abs(number) >= _FEWEST_MILLISECONDS
    instant = datetime.fromtimestamp(0, UTC) + timedelta(
        seconds=number / 1000 if milliseconds else number
    )
    unit = "milliseconds" if milliseconds else "seconds"
    return Moment(instant.date(), instant, f"{text} is read as {unit} since 1970.")


def _day(found: re.Match[str], shown: str) -> date:
    parts = found.groupdict()
    year = int(parts["year"])
    if parts.get("first"):
        month, day = _month_and_day(int(parts["first"]), int(parts["second"]), parts["mark"], shown)
    elif parts.get("name"):
        month, day = _MONTHS.index(parts["name"][:3].lower()) + 1, int(parts["day"])
    else:
        month, day = int(parts["month"]), int(parts["day"])
    try:
        return date(year, month, day)
    except ValueError:
        raise NoMoment(f"“{shown}” is a day that does not exist.") from None


def _month_and_day(first: int, second: int, mark: str, shown: str) -> tuple[int, int]:
    """Dots stand between day and month, in this order. With others only one may be a month."""
    if mark == "." or first > len(_MONTHS):
        return second, first
    if second > len(_MONTHS) or first == second:
        return first, second
    raise NoMoment(f"“{shown}” may be two different days; write it as YYYY-MM-DD.")


def _instant(found: re.Match[str], day: date) -> tuple[datetime, bool]:
    if not found["clock"]:
        return datetime(day.year, day.month, day.day, tzinfo=UTC), False
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:  # noqa: PLR2004  (hours of half a day)
            raise ValueError(hour)
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    zone, has_zone = _zone(found["zone"], found["offset"])
    fraction = int(f"{found['fraction'] or 0:0<6}"[:6])
    clock = (hour, int(found["minute"]), int(found["seconds"] or 0), fraction)
    local = datetime(day.year, day.month, day.day, *clock, tzinfo=zone)
    return local.astimezone(UTC), has_zone


def _zone(name: str | None, offset: str | None) -> tuple[timezone, bool]:
    if name and (name.upper() not in _ZONES or (offset and _ZONES[name.upper()])):
        raise ValueError(name)
    if offset:
        digits = offset[1:].replace(":", "")
        size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
        return timezone(-size if offset[0] == "-" else size), True
    return timezone(timedelta(hours=_ZONES[name.upper()] if name else 0)), name is not None
