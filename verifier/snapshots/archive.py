"""Where files are kept: a folder, or S3-compatible storage by fsspec. Named by their SHA-256.

WARC files are what it was made for; files that were brought for an import stand beside them.

A file is there whole or not at all, and is never written twice: its name is what it holds.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK: Final = 64 * 1024
SUFFIX: Final = ".warc.gz"


class ArchiveDamaged(Exception):
    """A file that the database knows of is not in the archive, or is not what it was."""


class Archive(Protocol):
    """Content-addressed storage of files; a kind of file has a suffix of its own."""

    def put(self, content: bytes, suffix: str = SUFFIX) -> str:
        """Keep the content durably; its SHA-256 (hex)."""

    def open(self, sha256: str, suffix: str = SUFFIX) -> IO[bytes]:
        """The file to read. Raises `ArchiveDamaged`."""


def open_archive(place: str) -> Archive:
    """The archive in a folder, or at an fsspec URL such as `s3://bucket/path`."""
    folder = place.removeprefix("file://")
    return StoredFiles(place) if "://" in folder else FolderArchive(Path(folder))


class FolderArchive:
    """Files in a folder, such as `ab/cd/abcd….warc.gz`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes, suffix: str = SUFFIX) -> str:
        """Keep the content: written beside its place, synced, and moved there in one step."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._folder / _place(digest, suffix)
        if path.exists():
            return digest
        changed = [path.parent]
        if not path.parent.exists():
            changed += [path.parent.parent, self._folder]
            path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(part).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(part).unlink()
            raise
        for folder in changed:
            _sync(folder)
        return digest

    def open(self, sha256: str, suffix: str = SUFFIX) -> IO[bytes]:
        """The file to read."""
        try:
            return (self._folder / _place(sha256, suffix)).open("rb")
        except FileNotFoundError:
            raise _missing(sha256, suffix) from None


class StoredFiles:
    """Files at an fsspec URL; such stores write an object whole or not at all."""

    def __init__(self, url: str) -> None:
        import fsspec  # noqa: PLC0415  (an extra)

        self._files: Any
        self._files, self._root = fsspec.url_to_fs(url, use_listings_cache=False)

    def put(self, content: bytes, suffix: str = SUFFIX) -> str:
        """Keep the content under its name, unless it is there."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest, suffix)
        if not self._files.exists(path):
            self._files.makedirs(posixpath.dirname(path), exist_ok=True)
            self._files.pipe_file(path, content)
        return digest

    def open(self, sha256: str, suffix: str = SUFFIX) -> IO[bytes]:
        """The file to read."""
        try:
            opened: IO[bytes] = self._files.open(self._path(sha256, suffix), "rb")
        except FileNotFoundError:
            raise _missing(sha256, suffix) from None
        return opened

    def _path(self, digest: str, suffix: str) -> str:
        return f"{self._root.rstrip('/')}/{_place(digest, suffix)}"


def read_whole(archive: Archive, sha256: str, suffix: str = SUFFIX) -> bytes:
    """The file, once it is known to be what it was. Raises `ArchiveDamaged`."""
    with archive.open(sha256, suffix) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != sha256:
        message = f"the file {sha256}{suffix} is not what was archived"
        raise ArchiveDamaged(message)
    return content


def damaged_files(archive: Archive, known: Iterable[str], suffix: str = SUFFIX) -> Iterator[str]:
    """What is wrong with the files of these hashes, a sentence each."""
    for sha256 in known:
        try:
            read_whole(archive, sha256, suffix)
        except ArchiveDamaged as error:
            yield str(error)


def blocks(file: IO[bytes]) -> Iterator[bytes]:
    """The file's content in pieces; closes it."""
    with file:
        while block := file.read(BLOCK):
            yield block


def _place(digest: str, suffix: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}{suffix}"


def _missing(sha256: str, suffix: str) -> ArchiveDamaged:
    return ArchiveDamaged(f"the file {sha256}{suffix} is not in the archive")


def _sync(folder: Path) -> None:
    """Make a new name in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
