"""Addresses of publications: one spelling for each, and the domain that answers for it.

courlan's normaliser is not used: it drops parameters that name the page (`?eid=7`, `?gallery=3`),
and two publications taken for one are worse than one publication taken for two.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

import idna
from tld.utils import MozillaTLDSourceParser, process_url

from verifier.kit.text import typed_text_fault

LONGEST_URL: Final = 2048
MOST_KEPT: Final = 4096
"""Addresses and hosts of which is kept what they come down to: many are asked about again."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SPACE: Final = re.compile(r"\s")
_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LONGEST_HOST: Final = 253
_NUMERIC_HOST: Final = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)")
_BRACKETED: Final = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::[0-9]*)?")
_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})?")
_UNRESERVED: Final = re.compile("[A-Za-z0-9._~-]")
# Put there by whoever passes a link on; on no site do they say which page it is.
_TRACKING_PREFIXES: Final = ("utm_", "mtm_", "piwik_")
_TRACKING_NAMES: Final = """
    __twitter_impression _ga _gl _hsenc _hsmi at_bbc_team at_campaign at_campaign_type at_format
    at_link_id at_link_origin at_link_type at_medium at_ptr_name dclid epik fbclid gbraid gclid
    gclsrc hsctatracking igsh igshid li_fat_id mc_cid mc_eid mkt_tok ml_subscriber
    ml_subscriber_hash msclkid oly_anon_id oly_enc_id pk_campaign pk_keyword pk_kwd pk_medium
    pk_source ref_src srsltid ttclid twclid vero_conv vero_id wbraid wickedid xtor yclid ysclid
"""
_TRACKING: Final = frozenset(_TRACKING_NAMES.split())


class UrlNotAccepted(ValueError):
    """Says in a sentence, for the person who typed it, why an address cannot be that of a page."""


class _BundledSuffixes(MozillaTLDSourceParser):
    """The public suffix list as `tld` ships it: never fetched anew, even if it were missing."""

    uid = "bundled"

    @classmethod
    def update_tld_names(cls, fail_silently: bool = False) -> bool:  # noqa: ARG003, FBT001, FBT002
        return False


@lru_cache(MOST_KEPT)
def canonical_url(url: str) -> str:
    """The one spelling of a page's address, in ASCII; it is its own canonical form.

    Host in small letters and A-labels, escapes by RFC 3986, section 6.2.2, no fragment, no default
    port, no tracking parameters, no slash at the end of a path. What remains of the query stays in
    order. `http` is written `https` unless a port is named: it is the same publication. So this is
    a key, and the address as it was given is what gets fetched. Raises `UrlNotAccepted`.
    """
    parts = _split(url)
    scheme, port = parts.scheme, parts.port
    if port in {None, _DEFAULT_PORTS[scheme]}:
        scheme, suffix = "https", ""
    else:
        suffix = f":{port}"
    query = _query(parts.query)
    canonical = f"{scheme}://{_host(parts)}{suffix}{_path(parts.path)}{query and '?'}{query}"
    if len(canonical) > LONGEST_URL:
        message = f"A URL has at most {LONGEST_URL} characters, escapes counted."
        raise UrlNotAccepted(message)
    return canonical


def registrable_domain(url: str) -> str | None:
    """The domain somebody registered: `bbc.co.uk`, and `a.github.io`, which is not `b.github.io`.

    An IP address is its own. None for a public suffix itself, for a bare name such as `localhost`,
    and for what is no URL. By the public suffix list, private part included; where it has no rule,
    the last label is the suffix (publicsuffix.org, "Algorithm"). No network.
    """
    try:
        host = urlsplit(canonical_url(url)).hostname or ""
    except UrlNotAccepted:
        return None
    return _registered(host)


@lru_cache(MOST_KEPT)
def _registered(host: str) -> str | None:
    if ":" in host or _NUMERIC_HOST.fullmatch(host):
        return host
    address = f"https://{_readable(host)}"
    labels, at, _ = process_url(address, fail_silently=True, parser_class=_BundledSuffixes)
    if labels is None or at is None:
        at = host.count(".") or -1
    return ".".join(host.split(".")[at - 1 :]) if at > 0 else None


def _split(url: str) -> SplitResult:
    if len(url) > LONGEST_URL:
        message = f"A URL has at most {LONGEST_URL} characters; this has {len(url)}."
        raise UrlNotAccepted(message)
    if fault := typed_text_fault(url):
        raise UrlNotAccepted(fault)
    if _SPACE.search(url):
        message = "A URL holds no white space."
        raise UrlNotAccepted(message)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        message = "The host or the port of this URL cannot be read."
        raise UrlNotAccepted(message) from None
    if parts.scheme not in _DEFAULT_PORTS:
        message = "A URL begins with http:// or https:// here."
        raise UrlNotAccepted(message)
    if "@" in parts.netloc:
        message = "A URL names no user and no password here."
        raise UrlNotAccepted(message)
    if port == 0:
        message = "Port 0 is not a port."
        raise UrlNotAccepted(message)
    return parts


def _host(parts: SplitResult) -> str:
    """A name in A-labels, an IPv4 address, or an IPv6 address in brackets."""
    if not parts.hostname:
        message = "This URL names no host."
        raise UrlNotAccepted(message)
    try:
        return _ipv6(parts.netloc) if "[" in parts.netloc else _name(parts.hostname)
    except ValueError:
        message = f"{parts.netloc[:100]!r} is not a host."
        raise UrlNotAccepted(message) from None


def _ipv6(netloc: str) -> str:
    found = _BRACKETED.fullmatch(netloc)
    return f"[{IPv6Address(found[1] if found else '')}]"


def _name(name: str) -> str:
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode()
    name = name.removesuffix(".")
    # Browsers read 0x7f.1 and 2130706433 as addresses; here an address is four decimal numbers.
    if _NUMERIC_HOST.fullmatch(name):
        return str(IPv4Address(name))
    if len(name) > _LONGEST_HOST or not _HOST.fullmatch(name):
        raise ValueError(name)
    return name


def _path(path: str) -> str:
    """Escapes and dot segments resolved (RFC 3986, section 5.2.4); always begins with a slash."""
    kept: list[str] = []
    for segment in _escaped(path).split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept).rstrip("/")


def _query(query: str) -> str:
    return "&".join(part for part in _escaped(query).split("&") if part and not _tracks(part))


def _tracks(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _escaped(text: str) -> str:
    """What may not stand in a path or query as %XX, and nothing else so."""

    def one_spelling(escape: re.Match[str]) -> str:
        if escape[1] is None:
            return "%25"
        character = chr(int(escape[1], 16))
        return character if _UNRESERVED.fullmatch(character) else escape[0].upper()

    return _ESCAPE.sub(one_spelling, quote(text, safe="%/?:@!$&'()*+,;=~"))


def _readable(host: str) -> str:
    """The host in U-labels, as the public suffix list has it, where that is possible."""
    try:
        return idna.decode(host)
    except idna.IDNAError:
        return host
