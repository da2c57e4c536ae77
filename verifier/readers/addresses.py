"""Addresses as they stand in foreign files: broken, shortened, several in one."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from verifier.sources.urls import LONGEST_URL, UrlNotAccepted, canonical_url, registrable_domain

_UNSEEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]")
_WRAPPED: Final = re.compile(r"[\"'<(\[“”]*(.*?)[\"'>)\]“”]*", re.DOTALL)
_MOST: Final = 200
_RUN: Final = re.compile(r"\s{2,}")  # long ones would make the next expression slow
# Between two addresses: a comma, a semicolon, a bar, white space, or "and" in some languages.
_BETWEEN: Final = re.compile(
    r"(?:\s*[,;|]\s*(?:(?:and|und|et|y|e|и|və|و)\s+)?|\s+(?:(?:and|und|et|y|e|и|və|و|&)\s+)?)"
    r"(?=https?:/|www\.)",
    re.IGNORECASE,
)
_SCHEME: Final = re.compile(r"(?i:(https?):?/*)(?=[\w\[])")
_SLASHES: Final = re.compile(r"(?i:https?)://(?!/)")
_OTHER_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?![0-9]+(?:/|\Z))")
_HOST_FIRST: Final = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}(?::[0-9]+)?(?:[/?#].*)?", re.DOTALL)


class NoAddress(ValueError):
    """Says in a sentence why a text is no address of a page."""


def split_addresses(text: str) -> list[str]:
    """The addresses that stand in one text."""
    text = _RUN.sub(lambda run: "\n" if "\n" in run[0] else " ", text)
    parts = _BETWEEN.split(text, maxsplit=_MOST)
    return [bare for part in parts if (bare := part.strip(" \t\r\n,;|"))]


def read_address(text: str, *, base: str | None = None) -> tuple[str, str | None]:
    """An absolute web address, and what was mended for it; `base` is where relative ones start."""
    bare = _UNSEEN.sub("", text).strip()
    if len(bare) > 2 * LONGEST_URL:
        raise NoAddress(f"An address of {len(bare)} characters is too long to be kept.")
    url = _absolute(_without_space(_unwrapped(bare)), base)
    try:
        canonical_url(url)
    except UrlNotAccepted as error:
        raise NoAddress(str(error)) from None
    if urlsplit(url).username is not None:
        raise NoAddress("An address with a user name in it is not kept.")
    return url, None if url == text.strip() else f"“{bare[:100]}” is read as {url[:200]}."


def site_of(url: str) -> str | None:
    """The host of an address without `www.`, which serves as its publisher's name."""
    try:
        host = urlsplit(canonical_url(url)).hostname
    except UrlNotAccepted:
        return None
    return host.removeprefix("www.") if host and registrable_domain(url) else None


def looks_like_address(text: str) -> bool:
    return re.match(r"(?i:https?:|www\.)\S+\Z", text.strip()) is not None


def _unwrapped(text: str) -> str:
    wrapped = _WRAPPED.fullmatch(text) if text[:1] in "\"'<([“”" and text[:1] else None
    return wrapped[1] if wrapped else text


def _without_space(text: str) -> str:
    """As browsers do: line ends and tabs are nothing, a space inside is `%20`."""
    return re.sub(r"\s", "%20", re.sub(r"[\t\r\n]+", "", text).strip())


def _absolute(text: str, base: str | None) -> str:
    if _SLASHES.match(text):
        return text
    if found := _SCHEME.match(text):
        return f"{found[1].lower()}://{text[found.end() :]}"
    if text.startswith("//"):
        return f"https:{text}"
    if _HOST_FIRST.fullmatch(text) and registrable_domain(f"https://{text}"):
        return f"https://{text}"
    if base and text.startswith("/"):
        return urljoin(base, text)
    if _OTHER_SCHEME.match(text):
        raise NoAddress(f"“{text[:60]}” is no address on the web.")
    raise NoAddress(f"“{text[:60]}” is no whole address, and nothing says where it starts.")
