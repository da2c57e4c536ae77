"""Addresses of the web, as far as a page, a feed or a document may lead its readers to them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_WEB_ADDRESS: Final = re.compile(
    r"https?://[^\s\x00-\x20<>\"/?#]+[^\s\x00-\x20<>\"]*", re.IGNORECASE
)


def is_web_address(value: object) -> bool:
    """Absolute, http or https, with a host, and safe between quotes."""
    if not isinstance(value, str) or not _WEB_ADDRESS.fullmatch(value):
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False


def host_of(url: str | None) -> str:
    """The site's name as a reader knows it; empty where there is none."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
