"""What becomes of what a file says: claims, verdicts of others, sources, and the report of it all."""

import io
import json

import pytest
from sqlalchemy import func, select

from tests.imports.files import REVIEW, bring, lines, report_of, worker_of
from tests.newsroom import QUOTE, TEXT
from verifier.claims.models import Claim
from verifier.imports.models import ImportRow
from verifier.kit.jobs import Job
from verifier.sources.models import Source

TABLE = "text,claimant,rating,publisher,review_url,published_at,source_url,quote,topics,language\n"
ARCHIVED = "Link,Archive status,Archive location,Upload title,Hash\n"


@pytest.fixture
def worker(app, settings):
    return worker_of(app, settings)


def bring_table(room, worker, *rows, head=TABLE, **how):
    content = (head + "\n".join(rows)).encode()
    return bring(room, worker, content, media_type="text/csv", **how)


def claims(room, query="", who="ed"):
    return room.call("GET", f"/v1/claims?desk=border-desk{query}", who, status=200).json["items"]


def count(database, model, *conditions):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_a_review_is_its_publishers_and_nobody_here_approved_it(newsroom, worker):
    done = bring(newsroom, worker, json.dumps(REVIEW))

    assert (done["state"], done["counts"]["taken"], done["error"]) == ("done", 1, None)
    (claim,) = claims(newsroom)
    assert (claim["status"], claim["claimant"]["name"]) == ("verified", "Rauf Sample")
    shown = claim["verdict"]
    assert (shown["origin"], shown["publisher"]) == ("imported", "Zagros Facts")
    verdict = newsroom.call("GET", f"/v1/verdicts/{shown['id']}", "ed", status=200).json
    assert (verdict["author"]["id"], verdict["reviews"], verdict["state"]) == (
        None, [], "published",
    )  # fmt: skip
    named = ("rating", "label", "value", "best", "worst", "normalised")
    assert [verdict[name] for name in named] == ["wildly-off", "Wildly off", 1, 4, 1, "false"]
    assert [shown[name] for name in named] == [verdict[name] for name in named]
    assert [each["id"] for each in claims(newsroom, "&rating=wildly-off")] == [claim["id"]]
    assert [each["id"] for each in claims(newsroom, "&q=strait", None)] == [claim["id"]]
    path = f"/v1/claims/{claim['id']}/claimreview"
    document = newsroom.call("GET", path, status=200).get_json(force=True)
    assert document["author"]["name"] == "Zagros Facts"
    assert document["reviewRating"]["alternateName"] == "Wildly off"


@pytest.mark.parametrize("told", [{"datePublished": "2990-05-02"}, {"datePublished": None}])
def test_nobody_elses_review_is_published_later_than_it_is_imported(newsroom, worker, told):
    done = bring(newsroom, worker, json.dumps(REVIEW | told))
    (claim,) = claims(newsroom)
    assert done["created_at"] <= claim["verdict"]["published_at"] <= done["updated_at"]
    (row,) = report_of(newsroom, done)
    assert "the time of this import stands for it" in str(row["repairs"])


def test_the_original_is_kept(newsroom, worker):
    content = json.dumps(REVIEW)
    done = bring(newsroom, worker, content)
    (row,) = report_of(newsroom, done)

    kept = newsroom.call("GET", f"/v1/claims/{row['claim']}/original", "con", status=200).json

    assert json.loads(kept["raw"]) == REVIEW
    assert kept["import"] == done["id"]


def test_a_row_without_a_rating_is_a_submitted_claim(newsroom, worker, database):
    done = bring_table(newsroom, worker, "Prices rose.,Ali,,,,,,,a; b,en")

    (claim,) = claims(newsroom)
    assert (claim["status"], claim["topics"], claim["verdict"]) == ("submitted", ["a", "b"], None)
    assert claims(newsroom, "&topic=b") == [claim]
    assert count(database, Job, Job.kind == "claim.compare", Job.subject_id == claim["id"]) == 1
    assert newsroom.call("GET", f"/v1/claims/{claim['id']}", None, status=404)
    newsroom.act(f"/v1/claims/{claim['id']}", "rev", "accept")
    assert done["counts"]["taken"] == 1


@pytest.mark.parametrize(
    ("rating", "expected"),
    [
        (
            "mostly-false",
            ["mostly-false", "Mostly false", "false", 2],
        ),  # a slug, as in our own table
        ("MOSTLY FALSE", ["mostly-false", "MOSTLY FALSE", "false", None]),  # the words of a label
        ("Falso", ["falso", "Falso", "other", None]),  # words that the scale has not: no guess
        ("Yalandır", ["yalandir", "Yalandır", "other", None]),
    ],
)
def test_ratings_keep_their_words(newsroom, worker, rating, expected):
    bring_table(newsroom, worker, f"Prices rose.,,{rating},Zagros Facts,https://z.example/1,,,,,")

    verdict = claims(newsroom)[0]["verdict"]

    found = [verdict[name] for name in ("rating", "label", "normalised", "value")]
    assert found == expected


def test_a_new_scale_leaves_imported_ratings_as_they_read(newsroom, worker):
    bring_table(newsroom, worker, "Prices rose.,,FALSE,Zagros Facts,https://z.example/1,,,,,")
    path = "/v1/desks/border-desk/rating-scale"
    etag = newsroom.call("GET", path, "ann").headers["ETag"]
    ratings = [
        {"slug": slug, "label": {"en": slug.title()}, "value": None, "normalised": kind,
         "description": ""}
        for slug, kind in (("right", "true"), ("wrong", "false"))
    ]  # fmt: skip
    sent = {"ratings": ratings}
    newsroom.call("PUT", path, "ann", etag=etag, json=sent, status=409)
    sent["replacements"] = {"false": "wrong"}
    newsroom.call("PUT", path, "ann", etag=etag, json=sent, status=200)

    (claim,) = claims(newsroom, "&rating=wrong")

    verdict = newsroom.call("GET", f"/v1/verdicts/{claim['verdict']['id']}", "ed").json
    assert (verdict["label"], verdict["normalised"]) == ("FALSE", "false")


def test_the_same_again_changes_nothing_and_says_what_differs(newsroom, worker):
    row = "Prices rose.,Ali,False,Zagros Facts,https://z.example/1?utm_source=x,2024-05-02,,,,"
    bring_table(newsroom, worker, row)
    before = claims(newsroom)

    again = bring_table(newsroom, worker, row.replace("Ali", "Vali").replace("?utm_source=x", ""))

    assert again["counts"] == {"taken": 0, "already_there": 1, "repaired": 0, "refused": 0}
    (told,) = report_of(newsroom, again)
    assert [note["detail"] for note in told["notes"]] == [
        "claimant: here it is “Ali”, in the file “Vali”"
    ]
    assert claims(newsroom) == before


def test_each_publisher_keeps_its_own_verdict(newsroom, worker):
    done = bring_table(
        newsroom, worker,
        "Prices rose.,,False,Zagros Facts,https://z.example/1,,,,,",
        "Prices rose!,,True,Taurus Check,https://t.example/1,,,,,",
        "Prices rose.,,False,Zagros Facts,https://z.example/1,,,,,",
    )  # fmt: skip

    first, second, third = report_of(newsroom, done)
    assert [row["outcome"] for row in (first, second, third)] == [
        "taken", "taken", "already_there",
    ]  # fmt: skip
    assert third["claim"] == first["claim"]
    assert first["claim"] in second["notes"][0]["detail"]
    assert {each["verdict"]["publisher"] for each in claims(newsroom)} == {
        "Zagros Facts", "Taurus Check",
    }  # fmt: skip


def test_the_desks_own_work_is_left_alone(newsroom, worker):
    own = newsroom.claim(text="Prices rose.", accepted=True)
    before = newsroom.call("GET", own, "ed").json

    rated = bring_table(
        newsroom, worker, "Prices rose.,,False,Zagros Facts,https://z.example/1,,,,,"
    )
    stated = bring_table(newsroom, worker, "“Prices rose”,,,,,,,,,")

    assert newsroom.call("GET", own, "ed").json == before
    (row,) = report_of(newsroom, rated)
    assert (row["outcome"], before["id"] in row["notes"][0]["detail"]) == ("taken", True)
    (row,) = report_of(newsroom, stated)
    assert (row["outcome"], row["claim"]) == ("already_there", before["id"])


def test_the_desks_own_reviews_are_known_again(newsroom, worker):
    newsroom.published()
    document = newsroom.call("GET", "/v1/exports/claimreview", "ed", status=200).data
    table = newsroom.call("GET", "/v1/exports/csv", "ed", status=200).data

    for content, media_type in ((document, "application/ld+json"), (table, "text/csv")):
        done = bring(newsroom, worker, content, media_type=media_type)
        assert done["counts"]["already_there"] == 1, done


def test_a_dry_run_tells_all_and_changes_nothing(newsroom, worker, database):
    rows = (
        "Prices rose.,,False,Zagros Facts,https://z.example/1,,https://n.example/1,,,",
        "Prices rose.,,False,Zagros Facts,https://z.example/1,,https://n.example/1,,,",
        "Rain fell.,,,,,,,,,xx-not-a-tag-at-all",
        ",,,,,,,,,",
    )

    told = bring_table(newsroom, worker, *rows, dry_run="true")

    assert (count(database, Claim), count(database, Source)) == (0, 0)
    with database.reading() as session:
        kept = session.scalars(select(ImportRow.raw).order_by(ImportRow.number)).all()
    assert kept == ["", "", ""]
    done = bring_table(newsroom, worker, *rows)
    assert told["counts"] == done["counts"]
    assert told["counts"]["taken"] == 2
    nothing = {"claim": None, "source": None}
    assert [row | nothing for row in report_of(newsroom, told)] == [
        row | nothing for row in report_of(newsroom, done)
    ]


def test_sources_are_shared_and_quotes_anchored_where_there_is_a_text(newsroom, worker, database):
    known = newsroom.source(url="https://news.example/withdrawal")
    done = bring_table(
        newsroom, worker,
        f"It may end early.,,,,,,http://news.example/withdrawal/,{QUOTE},,",
        "It may end late.,,,,,,https://news.example/withdrawal#top,Not a word of it.,,",
        "It may not end.,,,,,,https://other.example/1,Somebody said so.,,",
        "It has ended.,,,,,,https://other.example/1?utm_source=y,,,",
    )  # fmt: skip

    first, second, third, fourth = (
        newsroom.call("GET", f"/v1/claims/{row['claim']}", "ed").json["appearances"][0]
        for row in report_of(newsroom, done)
    )
    assert first["source"]["id"] == second["source"]["id"] == known["id"]
    assert first["quote"]["start"] == TEXT.index(QUOTE)
    assert (second["quote"]["exact"], second["quote"]["start"]) == ("Not a word of it.", None)
    assert (third["quote"]["exact"], third["quote"]["start"]) == ("Somebody said so.", None)
    assert third["source"]["id"] == fourth["source"]["id"]
    assert count(database, Job, Job.kind == "source.fetch") == 0


def test_archived_pages_are_sources_with_their_copies(newsroom, worker):
    known = newsroom.source(url="https://posts.example/1")
    row = f"https://posts.example/{{}},success,https://a.example/{{}},A post,{'ab' * 32}"
    rows = [row.format(n, n) for n in (1, 2)]

    done = bring_table(newsroom, worker, *rows, head=ARCHIVED)
    again = bring_table(newsroom, worker, *rows, "", head=ARCHIVED)

    assert (done["counts"]["taken"], again["counts"]["already_there"]) == (2, 2)
    first, second = (row["source"] for row in report_of(newsroom, done))
    assert first == known["id"]
    for n, source in ((1, first), (2, second)):
        shown = newsroom.call("GET", f"/v1/sources/{source}", "con", status=200).json
        assert shown["archive_urls"] == [f"https://a.example/{n}"]
        assert shown["archive_hashes"] == {f"https://a.example/{n}": "ab" * 32}
        newsroom.call("GET", f"/v1/sources/{source}/original", "con", status=200)


def test_an_imported_verdict_can_be_corrected_and_retracted(newsroom, worker):
    bring(newsroom, worker, json.dumps(REVIEW))
    (claim,) = claims(newsroom)
    path = f"/v1/claims/{claim['id']}"
    newsroom.evidence(path, newsroom.source())
    correction = {"kind": "update", "note": "We looked again."}
    newsroom.verdict_in("published", path, correction=correction)
    shown = newsroom.call("GET", path, "ed").json["verdict"]
    assert (shown["rating"], "origin" in shown) == ("mostly-true", False)
    newsroom.act(f"/v1/verdicts/{shown['id']}", "ed", "retract", reason="It is wrong.")

    told = bring(newsroom, worker, json.dumps(REVIEW) + "\n")

    assert told["counts"]["already_there"] == 1
    assert "not in force" in report_of(newsroom, told)[0]["notes"][-1]["detail"]


def test_the_report_as_text(newsroom, worker):
    done = bring_table(newsroom, worker, "Prices rose.,,,,,,,,,", ",Ali,,,,,,,,")

    headers = {"Accept": "text/plain"}
    path = f"/v1/imports/{done['id']}/report"
    answer = newsroom.call("GET", path, "ed", headers=headers, status=200)

    assert answer.mimetype == "text/plain"
    first, second, reason = answer.text.splitlines()
    assert first.startswith("row 1 (line 2): taken, ")
    assert second == "row 2 (line 3): refused"
    assert reason.startswith("    ")


def test_a_form_and_a_retry(newsroom):
    def send():
        form = {"file": (io.BytesIO(b"text\nPrices rose.\n"), "prices.csv", "text/csv")}
        path = "/v1/imports?map=a=title&map=b=claimant"
        return newsroom.call("POST", path, "ed", data=form, status=201)

    made = send()

    assert (made.json["name"], made.json["map"]) == ("prices.csv", {"a": "title", "b": "claimant"})
    key = {"Idempotency-Key": "1"}
    first, second = (
        newsroom.call(
            "POST", "/v1/imports", "ed", data=b"text\nx", content_type="text/csv", headers=key
        )
        for _ in range(2)
    )
    assert first.json == second.json
    assert len(newsroom.call("GET", "/v1/imports", "ed").json["items"]) == 2


@pytest.mark.parametrize(
    ("query", "sent", "status", "pointer"),
    [
        ("?map=a", (b"text\nx", "text/csv"), 422, "/map"),
        ("?map=a=nonsense", (b"text\nx", "text/csv"), 422, "/map"),
        ("?map=a=text&map=a=title", (b"text\nx", "text/csv"), 422, "/map"),
        ("?format=xlsx", (b"text\nx", "text/csv"), 422, "/format"),
        ("?dry_run=yes", (b"text\nx", "text/csv"), 422, "/dry_run"),
        ("", (b"", "text/csv"), 422, "/file"),
        ("", (b"x", "image/png"), 415, None),
        ("", (b"x", "application/x-www-form-urlencoded"), 415, None),
        ("?desk=nowhere", (b"x", "text/csv"), 404, None),
    ],
)
def test_what_cannot_be_asked_for(newsroom, query, sent, status, pointer):
    content, media_type = sent
    answer = newsroom.call(
        "POST", f"/v1/imports{query}", "ed", data=content, content_type=media_type, status=status
    )

    if status == 415:
        assert "application/octet-stream" in answer.json["detail"]
    if pointer:
        assert [fault["pointer"] for fault in answer.json["errors"]][:1] in ([pointer], ["/map/0"])


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02", b"PK\x03\x04zip", b"\xff\xfe\x00\x00", b"[" * 100_000, b"{" * 5000, b"<" * 9999,
        b"\xed\xa0\x80", b'{"text": "a\\u0000b\\ud800"}', b'{"text": 1e999}', b'{"text": "x", "text": "y"}',
        b"text\n" + b'"' * 999, b'{"@type": "ClaimReview", "claimReviewed": {"a": [[]]}}',
        '{"text": "\u202eevil\u2066", "topics": [1, null, {}]}'.encode(), b"text,rating\nx," + b"9" * 5000,
        b'{"text": "x", "rating": "\\ud83d", "publisher": "\\u0000"}',
        b'{"text": "x", "rating": "y", "published_at": "9999-12-31T23:59:59-23:00"}',
        b'{"text": "x", "rating": "y", "claimed_on": "0000-00-00", "language": "' + b"a" * 999 + b'"}',
        b'{"text": "' + b"x" * 100_000 + b'", "source_url": "http://[::1"}',
        b'{"text": "x", "rating": "y", "review_url": "https://' + b"a" * 5000 + b'"}',
    ],
)  # fmt: skip
def test_hostile_files_end_in_a_report_or_an_error(newsroom, worker, content):
    done = bring(newsroom, worker, content, media_type="application/octet-stream")

    assert done["state"] in ("done", "failed")
    assert done["state"] == "done" or done["error"]
    assert "Something went wrong" not in (done["error"] or "")
    rows = report_of(newsroom, done)
    assert len(rows) == done["progress"]["rows"]
    newsroom.call("GET", "/v1/exports/ndjson", "ed", status=200)


def test_two_imports_of_the_same_file_bring_each_row_once(newsroom, worker, database):
    content = lines(*({"text": f"Claim number {n}."} for n in range(20)))
    for _ in range(2):
        newsroom.call(
            "POST", "/v1/imports", "ed", data=content, content_type="application/x-ndjson",
            status=201,
        )  # fmt: skip

    worker.run_until_idle()

    assert count(database, Claim) == 20
    assert count(database, ImportRow, ImportRow.outcome == "taken") == 20
    assert count(database, ImportRow, ImportRow.outcome == "already_there") == 20
