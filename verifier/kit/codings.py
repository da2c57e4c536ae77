"""Content codings undone piece by piece, so that a bomb is found out before it takes up memory."""

from __future__ import annotations

import sys
import zlib
from typing import TYPE_CHECKING, Final

import brotli

from verifier.kit.fetched import FetchFailed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ACCEPTED: Final = "gzip, deflate, br, zstd"
_PIECE: Final = 64 * 1024
_MOST_CODINGS: Final = 2
# Said by servers that mean no coding at all.
_NO_CODING: Final = frozenset({"", "identity", "none", "utf-8"})
_ERRORS: Final = (zlib.error, brotli.error, zstd.ZstdError, EOFError)
# RFC 9659 limits the window of zstd over HTTP to 8 MiB; the format itself goes to gigabytes.
_WINDOW: Final = {int(zstd.DecompressionParameter.window_log_max): 23}


def codings_of(content_encoding: str) -> list[str]:
    """The codings in the order they were applied; more than two are nobody's honest work."""
    named = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in named if name not in _NO_CODING]
    unknown = next((name for name in codings if name not in _DECODERS), None)
    if unknown is not None:
        raise FetchFailed(
            "broken-answer",
            f"The answer is in a coding that is not known here: {unknown[:40]!r}.",
            may_pass=False,
        )
    if len(codings) > _MOST_CODINGS:
        raise FetchFailed(
            "broken-answer", "The answer is packed more than twice over.", may_pass=False
        )
    return codings


def decoded(pieces: Iterable[bytes], codings: list[str], *, most: int) -> bytes:
    """The content without its codings: `most` bytes of it, or FetchFailed (too-large)."""
    # A body that is not there (HEAD, 304) is in no coding, whatever the headers say.
    for coding in reversed(codings):
        pieces = _DECODERS[coding](pieces)
    kept: list[bytes] = []
    try:
        for piece in pieces:
            kept.append(piece)
            most -= len(piece)
            if most < 0:
                raise FetchFailed("too-large", "The page is too large to be kept.")
    except _ERRORS:
        raise FetchFailed(
            "broken-answer", f"The answer cannot be unpacked as {', '.join(codings)}."
        ) from None
    return b"".join(kept)


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """RFC 1952: one member or several; what follows the last and is no member is left away."""
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    is_open = False
    members = 0
    for piece in pieces:
        rest = piece
        while rest:
            is_open = is_open or not members
            try:
                for out in _inflated(member, rest):
                    is_open = True
                    yield out
            except zlib.error:
                if not is_open:
                    return
                raise
            rest = member.unused_data
            if member.eof:
                members += 1
                is_open = False
                member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    if is_open:
        raise EOFError


def _zlib_inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """RFC 1950 as the standard says, or bare RFC 1951 as some servers send it."""
    head = b""
    stream = None
    for piece in pieces:
        if stream is None:
            head += piece
            if len(head) < 2:  # noqa: PLR2004 (the two octets of a zlib header)
                continue
            is_zlib = head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2]) % 31 == 0
            stream = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
            yield from _inflated(stream, head)
        else:
            yield from _inflated(stream, piece)
        if stream.eof:
            return
    if head:
        raise EOFError


def _inflated(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    while True:
        piece = stream.decompress(data, _PIECE)
        if piece:
            yield piece
        data = stream.unconsumed_tail
        # A full piece may leave more inside even where no input is left.
        if stream.eof or (not data and len(piece) < _PIECE):
            return


def _unbrotlied(pieces: Iterable[bytes]) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    has_begun = False
    for piece in pieces:
        has_begun = True
        out = stream.process(piece, output_buffer_limit=_PIECE)
        # There may be more inside even where it says that it can accept more data.
        while out or not stream.can_accept_more_data():
            yield out
            out = stream.process(b"", output_buffer_limit=_PIECE)
        if stream.is_finished():
            return
    if has_begun:
        raise EOFError


def _unzstandarded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """RFC 8878: frame after frame."""
    frame = zstd.ZstdDecompressor(options=_WINDOW)
    is_whole = True
    for piece in pieces:
        rest = piece
        while rest:
            data = rest
            rest = b""
            while not frame.eof:
                out = frame.decompress(data, _PIECE)
                data = b""
                if out:
                    yield out
                if frame.needs_input:
                    break
            is_whole = frame.eof
            if frame.eof:
                rest = frame.unused_data
                frame = zstd.ZstdDecompressor(options=_WINDOW)
    if not is_whole:
        raise EOFError


_DECODERS: Final[dict[str, Callable[[Iterable[bytes]], Iterator[bytes]]]] = {
    "br": _unbrotlied,
    "deflate": _zlib_inflated,
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "zstd": _unzstandarded,
}
