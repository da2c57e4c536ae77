"""URLs of all sorts: read into one meaning, or refused with a sentence, and nothing else."""

from __future__ import annotations

import gzip
import re
import zlib
from contextlib import suppress
from ipaddress import ip_address

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.kit.codings import codings_of, decoded, zstd
from verifier.kit.fetched import FetchFailed
from verifier.kit.targets import follow, parse_target

PIECES = st.sampled_from(
    ["http://", "https:", "//", "/", "\\", "@", ":", "80", "443", "8080", "a.example", ".", "..", "127.0.0.1", "0x7f", "1",
     "[", "]", "::1", "%", "%31", "%00", "?", "#", " ", "\t", "\n", "\u3002", "\uff0f", "\u2100", "\xad", "\xe9", "xn--", "_", "-", "\x00", "\ud800"],
)  # fmt: skip
URLS = st.lists(PIECES | st.characters(), max_size=8).map("".join)


def check_sound(target):
    assert re.fullmatch(r"[a-z0-9_.:-]+", target.host)
    assert re.fullmatch(r"/[!-~]*", target.path)
    assert target.scheme in {"http", "https"}
    assert parse_target(target.url, any_port=True) == target
    if target.is_address:
        assert str(ip_address(target.host)) == target.host


@given(URLS)
def test_a_url_has_one_meaning_or_none(rest):
    with suppress(FetchFailed):
        check_sound(parse_target(f"http://{rest}", any_port=True))
    with suppress(FetchFailed):
        check_sound(parse_target(rest))


def test_half_a_character_is_none():
    with pytest.raises(FetchFailed):
        parse_target("http://a.example/\ud800")


@given(URLS)
def test_a_location_has_one_meaning_or_none(location):
    base = parse_target("https://a.example/dir/page?q")
    # As headers are received: octets in Latin-1 clothes, whether they were UTF-8 or not.
    for encoding in ("utf-8", "latin-1"):
        received = location.encode(encoding, "replace").decode("latin-1")
        with suppress(FetchFailed):
            check_sound(parse_target(follow(base, received), any_port=True))


@given(
    st.binary(max_size=300),
    st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "zstd, gzip"]),
    st.integers(1, 50),
    st.integers(0, 400),
    st.binary(max_size=3),
)
def test_spoiled_packing_is_found_out_or_harmless(content, coding, size, at, spoilt):
    body = content
    pack = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstd.compress,
    }
    for name in codings_of(coding):
        body = pack[name](body)
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    assert decoded(pieces, codings_of(coding), most=len(content)) == content
    body = body[:at] + spoilt + body[at + len(spoilt) :]
    with suppress(FetchFailed):
        decoded([body], codings_of(coding), most=10_000)
