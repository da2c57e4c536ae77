"""How long what is stored may be; tests hold these to the schemas of the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

LONGEST_CLAIM: Final = 5000
LONGEST_NAME: Final = 300
LONGEST_TOPIC: Final = 64
MOST_TOPICS: Final = 20
MOST_APPEARANCES: Final = 50
LONGEST_QUOTE: Final = 10_000
LONGEST_TITLE: Final = 500
LONGEST_PUBLISHER: Final = 200
LONGEST_SUMMARY: Final = 5000
LONGEST_EXPLANATION: Final = 100_000
LONGEST_LABEL: Final = 100
LONGEST_SOURCE_TEXT: Final = 4_000_000
MOST_COPIES: Final = 20
EARLIEST: Final = datetime(1000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9998, 12, 31, tzinfo=UTC)

LONGEST_ROW: Final = 4 * 1024 * 1024
"""Characters of a row. What is longer is refused unread: memory stays bounded in any file."""
LONGEST_PAGE: Final = 8 * 1024 * 1024
"""Bytes of an HTML page, which is read whole."""
