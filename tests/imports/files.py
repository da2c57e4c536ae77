"""Files to import, in our own words, and bringing them over HTTP."""

import json

from verifier.imports.job import RunImport
from verifier.imports.service import RUN
from verifier.snapshots.archive import open_archive
from verifier.worker import Worker

REVIEW = {
    "@context": "https://schema.org",
    "@type": "ClaimReview",
    "url": "https://zagros.example/checks/7",
    "claimReviewed": "The bridge over the strait cost nine billion.",
    "datePublished": "2024-05-02",
    "author": {"@type": "Organization", "name": "Zagros Facts"},
    "reviewRating": {
        "@type": "Rating", "alternateName": "Wildly off", "ratingValue": 1, "bestRating": 4,
        "worstRating": 1,
    },
    "itemReviewed": {
        "@type": "Claim",
        "author": {"@type": "Person", "name": "Rauf Sample"},
        "appearance": {"@type": "CreativeWork", "url": "https://herald.example/bridge"},
    },
}  # fmt: skip


def lines(*documents):
    """NDJSON."""
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in documents).encode()


def worker_of(app, settings):
    database = app.extensions["verifier.database"]
    return Worker(database, {RUN: RunImport(database, open_archive(settings.archive_dir))})


def bring(room, worker, content, who="ed", *, media_type="application/json", **query):
    """The import's document once the worker has been at it."""
    sent = {"desk": "border-desk", **query}
    answer = room.call(
        "POST", "/v1/imports", who, query_string=sent, data=content, content_type=media_type,
        status=201,
    )  # fmt: skip
    worker.run_until_idle()
    return room.call("GET", answer.headers["Location"], who, status=200).json


def report_of(room, done, who="ed"):
    answer = room.call("GET", f"/v1/imports/{done['id']}/report", who, status=200)
    return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
