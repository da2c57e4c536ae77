"""A manifest says which bytes an export has, and which checkpoint the trail had then."""

import hashlib

import pytest

from tests.problems import check_problem
from verifier.events.checkpoints import Gatherer
from verifier.events.notes import Note, SigningKey

KEY = SigningKey.generate("trail.example")


@pytest.fixture
def room(newsroom, database):
    newsroom.published()
    newsroom.claim(text="Not published.")
    Gatherer(database, [KEY])()
    return newsroom


def test_it_is_of_the_bytes_that_the_export_has(room):
    for export_format, inside in (("claimreview", 1), ("ndjson", 2), ("csv", 2)):
        path = f"/v1/exports/{export_format}?desk=border-desk"
        for who, claims in (("con", inside), (None, 1)):
            export = room.call("GET", path, who, status=200)
            manifest = room.call("GET", f"{path}&manifest=true", who, status=200).json
            assert manifest["sha256"] == hashlib.sha256(export.data).hexdigest()
            assert manifest["bytes"] == len(export.data)
            assert (manifest["claims"], manifest["filters"]) == (claims, {"desk": "border-desk"})
            assert Note.read(manifest["checkpoint"]["note"]).is_signed_by(KEY.verifier)
            link = export.headers.get_all("Link")[0]
            assert f"<{path}&manifest=true>" in link


def test_it_is_of_the_same_claims_as_the_export_that_names_it(room):
    for words, claims in (("-troops", 1), ("published & sealed?", 0), ("", 0)):
        export = room.call("GET", "/v1/exports/ndjson", "con", query_string={"q": words})
        link = export.headers.get_all("Link")[0]
        manifest = room.call("GET", link[1 : link.index(">")], "con", status=200).json
        assert manifest["claims"] == len(export.data.splitlines()) == claims
        assert manifest["filters"] == {"q": words}


def test_it_tells_the_order(room):
    path = "/v1/exports/csv?sort=-updated_at"
    manifest = room.call("GET", f"{path}&manifest=true", "con", status=200).json
    export = room.call("GET", path, "con", status=200).data
    assert manifest["filters"] == {"sort": "-updated_at"}
    assert manifest["sha256"] == hashlib.sha256(export).hexdigest()


def test_a_feed_tells_its_time_and_so_has_no_hash(room):
    manifest = room.call("GET", "/v1/exports/datafeed?manifest=true", status=200).json
    assert (manifest["claims"], manifest["sha256"], manifest["bytes"]) == (1, None, None)
    path = "/v1/exports/claimreview?manifest=true&omitted=true"  # one question at a time
    check_problem(room.call("GET", path), 422, "/manifest")
