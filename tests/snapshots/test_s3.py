"""Snapshots in S3-compatible storage, against a server that speaks its protocol."""

import logging

import boto3
import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from verifier.settings import SettingError, Settings
from verifier.snapshots.archive import (
    ArchiveDamaged,
    blocks,
    damaged_files,
    open_archive,
    read_whole,
)

CONTENT = b"WARC/1.1\r\n" * 100_000


@pytest.fixture
def bucket(monkeypatch):
    """A bucket's URL; its server is named as an operator names theirs."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()
    boto3.client("s3").create_bucket(Bucket="snapshots")
    yield "s3://snapshots/warc"
    server.stop()


def test_files_are_kept_and_read_by_their_hash(bucket):
    archive = open_archive(bucket)
    digest = archive.put(CONTENT)
    assert archive.put(CONTENT) == digest
    assert b"".join(blocks(open_archive(bucket).open(digest))) == CONTENT
    names = [
        each["Key"] for each in boto3.client("s3").list_objects_v2(Bucket="snapshots")["Contents"]
    ]
    assert names == [f"warc/{digest[:2]}/{digest[2:4]}/{digest}.warc.gz"]


def test_what_was_changed_or_is_missing_is_noticed(bucket):
    archive = open_archive(bucket)
    digest = archive.put(CONTENT)
    key = f"warc/{digest[:2]}/{digest[2:4]}/{digest}.warc.gz"
    boto3.client("s3").put_object(Bucket="snapshots", Key=key, Body=b"something else")
    with pytest.raises(ArchiveDamaged, match="not what was archived"):
        read_whole(open_archive(bucket), digest)
    assert len(list(damaged_files(open_archive(bucket), [digest, "0" * 64]))) == 2


def test_a_store_that_nothing_is_installed_for_is_refused_at_the_start():
    with pytest.raises(SettingError, match=r"ARCHIVE_DIR cannot be used .* verifier\[s3\]"):
        Settings.from_env({"VERIFIER_ARCHIVE_DIR": "bogus://bucket"})
