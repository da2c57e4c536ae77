"""The archive: a file is there whole or not at all, and a changed one is noticed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import fsspec
import pytest

from verifier.snapshots.archive import (
    SUFFIX,
    ArchiveDamaged,
    FolderArchive,
    StoredFiles,
    blocks,
    damaged_files,
    open_archive,
    read_whole,
)

CONTENT = b"WARC/1.1\r\n" * 20_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ABSENT = "0" * 64


@pytest.fixture(params=["folder", "file", "memory"])
def archive(request, tmp_path):
    if request.param == "memory":
        yield open_archive("memory://archive/warc")
        fsspec.filesystem("memory").store.clear()
        return
    place = str(tmp_path / "archive")
    yield (
        FolderArchive(Path(place)) if request.param == "folder" else StoredFiles(f"file://{place}")
    )


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive"


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def path_of(folder, digest):
    return folder / digest[:2] / digest[2:4] / f"{digest}{SUFFIX}"


def test_a_place_is_a_folder_or_a_url(tmp_path):
    assert isinstance(open_archive(str(tmp_path)), FolderArchive)
    assert isinstance(open_archive("relative/folder"), FolderArchive)
    # fsspec's own local files are not written in one step.
    of_url = open_archive(f"file://{tmp_path}")
    assert isinstance(of_url, FolderArchive)
    of_url.put(CONTENT)
    assert path_of(tmp_path, SHA256).exists()
    assert isinstance(open_archive("memory://archive"), StoredFiles)


def test_what_was_put_in_comes_out(archive):
    assert archive.put(CONTENT) == SHA256
    assert read_whole(archive, SHA256) == CONTENT
    pieces = list(blocks(archive.open(SHA256)))
    assert len(pieces) > 1
    assert b"".join(pieces) == CONTENT
    assert archive.put(b"") == hashlib.sha256(b"").hexdigest()


def test_what_was_never_put_in_is_missing(archive):
    with pytest.raises(ArchiveDamaged, match=f"{ABSENT}.warc.gz is not in the archive"):
        archive.open(ABSENT)
    archive.put(CONTENT)
    with pytest.raises(ArchiveDamaged):
        archive.open(ABSENT)


def test_the_name_is_the_hash_in_two_folders(folder):
    FolderArchive(folder).put(CONTENT)
    assert files(folder) == [path_of(folder, SHA256)]
    StoredFiles(f"file://{folder}/").put(CONTENT)
    assert files(folder) == [path_of(folder, SHA256)]


@pytest.mark.parametrize("kind", [FolderArchive, StoredFiles])
def test_the_same_content_is_kept_once_and_never_written_again(folder, kind):
    archive = kind(folder if kind is FolderArchive else f"file://{folder}")
    archive.put(CONTENT)
    before = path_of(folder, SHA256).stat()
    assert archive.put(CONTENT) == SHA256
    after = path_of(folder, SHA256).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(files(folder)) == 1


def test_a_reader_keeps_the_file_that_it_has_opened(folder):
    archive = FolderArchive(folder)
    archive.put(CONTENT)
    with archive.open(SHA256) as opened:
        path_of(folder, SHA256).unlink()
        archive.put(CONTENT)
        assert opened.read() == CONTENT


def refusing(number):
    """A disk that is full, or fails, at this call of the given function."""

    def call(*_):
        raise OSError(number, os.strerror(number))

    return call


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_failure_in_the_middle_leaves_nothing(folder, monkeypatch, function):
    archive = FolderArchive(folder)
    owner = os if function == "fsync" else Path
    with monkeypatch.context() as patch:
        patch.setattr(owner, function, refusing(28))
        with pytest.raises(OSError, match="No space left"):
            archive.put(CONTENT)
    assert files(folder) == []
    with pytest.raises(ArchiveDamaged):
        archive.open(SHA256)
    archive.put(CONTENT)
    assert read_whole(archive, SHA256) == CONTENT


def test_a_file_is_synced_before_it_has_its_name_and_its_folders_after(folder, monkeypatch):
    seen = []
    sync, rename = os.fsync, Path.replace

    def synced(handle):
        seen.append(os.fstat(handle).st_ino)
        sync(handle)

    def renamed(path, target):
        seen.append("renamed")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    FolderArchive(folder).put(CONTENT)
    path = path_of(folder, SHA256)
    parents = [path.parents[depth].stat().st_ino for depth in range(3)]
    assert seen == [path.stat().st_ino, "renamed", *parents]


WRITER = """
import sys
from pathlib import Path
from verifier.snapshots.archive import FolderArchive
archive = FolderArchive(Path(sys.argv[1]))
for number in range(10**9):
    print(archive.put(b"%d" % number * 200_000), flush=True)
"""


def test_a_process_that_is_killed_leaves_whole_files(folder):
    archive = FolderArchive(folder)
    for attempt in range(5):
        command = [sys.executable, "-c", WRITER, str(folder / str(attempt))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            told = [writer.stdout.readline().strip()]
            time.sleep(0.05 + attempt / 100)
            writer.send_signal(signal.SIGKILL)
            told += writer.stdout.read().split("\n")[:-1]
        archive = FolderArchive(folder / str(attempt))
        whole = [path for path in files(folder / str(attempt)) if path.name.endswith(SUFFIX)]
        for path in whole:
            read_whole(archive, path.name.removesuffix(SUFFIX))
        # Whatever it said was kept, is.
        assert set(told) <= {path.name.removesuffix(SUFFIX) for path in whole}


def test_several_at_once_put_the_same(folder):
    archive = FolderArchive(folder)
    threads = [Thread(target=archive.put, args=(CONTENT,)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert files(folder) == [path_of(folder, SHA256)]
    assert read_whole(archive, SHA256) == CONTENT


@pytest.mark.parametrize(
    "damaged", [b"", CONTENT[:-1], CONTENT + b"x", b"w" + CONTENT[1:], CONTENT[:999] + b"\0" + CONTENT[1000:]]
)  # fmt: skip
def test_a_changed_byte_is_noticed(folder, damaged):
    archive = FolderArchive(folder)
    archive.put(CONTENT)
    path_of(folder, SHA256).write_bytes(damaged)
    with pytest.raises(ArchiveDamaged, match=f"{SHA256}.warc.gz is not what was archived"):
        read_whole(archive, SHA256)


def test_each_damaged_file_is_told_of(archive):
    kept = [archive.put(b"%d" % number) for number in range(3)]
    assert list(damaged_files(archive, kept)) == []
    assert list(damaged_files(archive, [*kept, ABSENT])) == [
        f"the file {ABSENT}.warc.gz is not in the archive"
    ]


def test_a_damaged_file_does_not_hide_the_next(folder):
    archive = FolderArchive(folder)
    first, second, third = (archive.put(b"%d" % number) for number in range(3))
    path_of(folder, first).write_bytes(b"x")
    path_of(folder, third).unlink()
    assert list(damaged_files(archive, iter([first, second, third]))) == [
        f"the file {first}.warc.gz is not what was archived",
        f"the file {third}.warc.gz is not in the archive",
    ]
