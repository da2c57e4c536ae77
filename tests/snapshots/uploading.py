"""Uploads of copies, in somebody's name."""

from __future__ import annotations

from io import BytesIO


def url_of(source):
    return f"/v1/sources/{source['id']}/snapshots"


def part(content, name="copy.html", media_type="text/html"):
    return (BytesIO(content), name, media_type)


def upload(
    room,
    source,
    content,
    who="con",
    *,
    status=201,
    headers=(),
    named=("copy", "text/html"),
    **fields,
):
    return room.call(
        "POST", url_of(source), who, status=status, headers=headers,
        data={"file": part(content, *named), **fields}, content_type="multipart/form-data",
    )  # fmt: skip


def download(room, snapshot, who="con", **kwargs):
    return room.call("GET", snapshot["warc"], who, **kwargs)


def encoded(content):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    return head + content + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"
