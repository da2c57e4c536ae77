"""auto-archiver's CSV: the sheet that people keep, and the log of its csv_db."""

from datetime import UTC, datetime

import pytest

from tests.readers.files import one, read, told
from verifier.readers.records import ArchivedCopy, GivenSource
from verifier.readers.unreadable import UnreadableFile

HASH = "0f" * 32
SHEET = (
    "Link,Archive status,Destination folder,Archive location,Archive date,Thumbnail,"
    "Upload timestamp,Upload title,Text content,Screenshot,Hash,WACZ,ReplayWebpage\n"
)


def test_a_row_of_the_sheet_is_a_source_with_its_copies():
    content = SHEET + (
        "https://posts.example/7,telegram: success,case,https://kept.example/7.html,2026-03-02T08:00:00Z,"
        f'"=IMAGE(""https://kept.example/7.jpg"")",2026-03-01T21:15:00+00:00,A post,"Line one\nline two",'
        f"https://kept.example/7.png,SHA-256:{HASH.upper()},https://kept.example/7.wacz,https://replay.example/\n"
    )
    row = one(content)
    assert row.given == GivenSource(
        url="https://posts.example/7",
        title="A post",
        published_at=datetime(2026, 3, 1, 21, 15, tzinfo=UTC),
        text="Line one\nline two",
        copies=(
            ArchivedCopy("https://kept.example/7.html", HASH),
            ArchivedCopy("https://kept.example/7.wacz"),
            ArchivedCopy("https://kept.example/7.png"),
        ),
    )
    assert row.repairs == ()


def test_names_of_columns_in_any_case_and_several_copies_in_a_cell():
    row = one(
        "LINK,ARCHIVE STATUS,archive location\nhttps://posts.example/7,done,https://a.example/1\n"
        'https://posts.example/8,done,"https://a.example/1\nhttps://b.example/1"\n'.splitlines(
            keepends=True
        )[0]
        + 'https://posts.example/8,done,"https://a.example/1\nhttps://b.example/1"\n'
    )
    assert [copy.url for copy in row.given.copies] == ["https://a.example/1", "https://b.example/1"]


def test_what_was_not_archived_is_a_source_all_the_same():
    row = one(
        SHEET + "https://posts.example/7,Archive failed no archiver,,,,,,,,,not-calculated,,\n"
    )
    assert row.given == GivenSource(url="https://posts.example/7")
    assert row.repairs == ()


def test_a_row_without_an_address_is_refused():
    refused, taken = read(SHEET + ",waiting,,,,,,,,,,,\nhttps://posts.example/7,,,,,,,,,,,,\n")
    assert "address" in refused.refused[0].detail
    assert taken.given is not None


def test_another_hash_is_left_out():
    row = one(
        SHEET + f"https://posts.example/7,done,,https://a.example/1,,,,,,,SHA3-512:{HASH * 2},,\n"
    )
    assert row.given.copies == (ArchivedCopy("https://a.example/1"),)
    assert "SHA-256" in told(row)["/Hash"]


def test_columns_of_a_desk_are_mapped_or_told():
    content = "Post,Archive status,Officer\nhttps://posts.example/7,done,Samir\n"
    row = one(content, import_format="auto-archiver", mapping={"Post": "source_url"})
    assert row.given.url == "https://posts.example/7"
    assert "/Officer" in told(row)


LOG = "status,metadata,media\n"
METADATA = (
    "{'_processed_at': datetime.datetime(2026, 3, 2, 8, 0, 1, 5, tzinfo=datetime.timezone.utc), "
    "'url': 'https://posts.example/7', 'title': \"It's a post\", 'content': 'Line', "
    "'timestamp': datetime.datetime(2026, 3, 1, 21, 15, tzinfo=datetime.timezone.utc)}"
)
MEDIA = (
    f"[{{'filename': 'tmp/7.mp4', 'key': '7.mp4', 'urls': ['https://kept.example/7.mp4'], "
    f"'properties': {{'hash': 'SHA-256:{HASH}'}}, '_mimetype': 'video/mp4', '_stored': True}}, "
    f"{{'filename': 'tmp/7.html', 'urls': ['https://kept.example/7.html', 'local/7.html'], 'properties': {{}}}}]"
)


def quoted(*cells):
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


def test_the_log_of_csv_db_is_read_as_data():
    row = one(LOG + quoted("twitter: success", METADATA, MEDIA))
    assert row.given == GivenSource(
        url="https://posts.example/7",
        title="It's a post",
        published_at=datetime(2026, 3, 1, 21, 15, tzinfo=UTC),
        text="Line",
        copies=(
            ArchivedCopy("https://kept.example/7.mp4", HASH),
            ArchivedCopy("https://kept.example/7.html"),
        ),
    )


@pytest.mark.parametrize(
    "cell",
    ["__import__('os').getcwd()", "[" * 500, "-" * 5000 + "1", "{'url': open('x')}", "x" * 9],
)
def test_what_is_no_data_is_not_run(cell):
    assert one(LOG + quoted("done", cell, cell)).refused


def test_another_table_is_refused():
    with pytest.raises(UnreadableFile, match="Link"):
        read("text,claimant\na,b\n", import_format="auto-archiver")
