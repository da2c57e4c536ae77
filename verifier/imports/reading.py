"""Reads records of this service's own NDJSON; a stand-in until the readers are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Final

import orjson

from verifier.imports.records import GivenClaim, Remark, Row
from verifier.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMATS: Final = ("ndjson", "csv", "claimreview", "datafeed", "auto-archiver")


class UnreadableFile(Invalid):
    """This file is nothing that can be imported."""


def rows(
    stream: BinaryIO, *, import_format: str | None, mapping: Mapping[str, str]
) -> Iterator[Row]:
    """Each line as a record."""
    del import_format, mapping
    for number, line in enumerate(stream, 1):
        raw = line.decode("utf-8", "replace").rstrip("\n")
        try:
            found = orjson.loads(line)
            given = GivenClaim(found["text"])
        except (ValueError, KeyError, TypeError):
            reason = (Remark("", "This line is no record."),)
            yield Row(number, number, "", raw, None, refused=reason)
            continue
        yield Row(number, number, "", raw, given, found if "desk" in found else None)
