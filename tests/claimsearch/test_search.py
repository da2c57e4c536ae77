"""What the claim search shows as the work goes on, and how its answers travel."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.claimsearch.shelf import shelve
from tests.document import DocumentedClient
from tests.newsroom import open_newsroom
from tests.problems import check_google_error
from verifier.app import create_app
from verifier.claims.models import Claim
from verifier.claimsearch.filters import Filters
from verifier.fulltext.lookup import documents_of
from verifier.kit.clock import now
from verifier.reviews.models import Verdict
from verifier.reviews.standing import VerdictInForce, put_anew, site_of
from verifier.settings import Settings

if TYPE_CHECKING:
    from verifier.kit.db import Database

TEXT = "The troops may leave before the 2025 deadline."
SEARCH = "/v1alpha1/claims:search"
HERE = {"reviewPublisherSiteFilter": "127.0.0.1"}


def search(room, who=None, *, status=200, headers=(), **parameters):
    answer = room.call(
        "GET", f"{SEARCH}?{urlencode(parameters)}", who, status=status, headers=headers
    )
    return answer.json if status == 200 else check_google_error(answer, status)


def found(room, **parameters):
    """By text, who reviewed it and how."""
    return {
        claim["text"]: [(r["publisher"]["name"], r["textualRating"]) for r in claim["claimReview"]]
        for claim in search(room, **parameters).get("claims", [])
    }


def both(room):
    """What is found by words and by site, which is the same here."""
    by_words, by_site = found(room, query=TEXT), found(room, **HERE)
    assert by_words == by_site
    return by_words


def test_only_what_is_published_and_in_force(newsroom):
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, newsroom.source())
    assert both(newsroom) == {}
    assert search(newsroom, "rev", query=TEXT) == {}
    newsroom.verdict_in("approved", claim)
    assert both(newsroom) == {}
    verdict = newsroom.verdict_in("published", claim, rating="false")
    assert both(newsroom) == {TEXT: [("border-desk", "False")]}
    correction = {"kind": "correction", "note": "It was a misreading."}
    newsroom.verdict_in("approved", claim, rating="mostly-true", correction=correction)
    assert both(newsroom) == {TEXT: [("border-desk", "False")]}
    verdict = newsroom.verdict_in("published", claim, rating="half-true", correction=correction)
    assert both(newsroom) == {TEXT: [("border-desk", "Half true")]}
    newsroom.act(verdict, "ed", "retract", reason="It rests on a parody.")
    assert both(newsroom) == {}


def test_desks_that_reviewed_the_same_statement_stand_under_it(newsroom):
    newsroom.published()
    other = newsroom.claim("cas", text=f"“{TEXT.upper()}”")
    newsroom.act(other, "cas", "accept")
    source = newsroom.source("cas")
    newsroom.evidence(other, source, "cas")
    verdict = newsroom.verdict(other, "cas", rating="false")
    for who, action in (("cas", "propose"), ("cas_ann", "approve"), ("cas_ann", "publish")):
        arguments = {"url": "https://caspian-check.example/troops"} if action == "publish" else {}
        newsroom.act(verdict, who, action, **arguments)
    (reviews,) = found(newsroom, query=TEXT).values()
    assert reviews == [("caspian-check", "False"), ("border-desk", "Mostly true")]
    assert found(newsroom, **HERE) == {TEXT: [("border-desk", "Mostly true")]}
    newsroom.act(verdict, "cas_ann", "retract", reason="It rests on a parody.")
    assert found(newsroom, query=TEXT) == {TEXT: [("border-desk", "Mostly true")]}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shelved(request):
    """One for all tests from here on; what they add is found by other words."""
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        app = create_app(Settings(database_url=url))
        app.test_client_class = DocumentedClient
        yield shelf(app)
        app.extensions["verifier.database"].dispose()


def shelf(app):
    room = open_newsroom(app)
    database = app.extensions["verifier.database"]
    reviews = [
        {"text": f"Dam {n} will burst.", "url": f"https://dams.example/{n}"} for n in range(9)
    ]
    shelve(database, *reviews)
    return room, database


@pytest.mark.parametrize(
    "asked", [{"query": "a dam will burst"}, {"reviewPublisherSiteFilter": "dams.example"}]
)
def test_nothing_is_skipped_or_repeated_while_others_publish_and_retract(app, asked):
    room, database = shelf(app)
    there = set(found(room, pageSize=50, **asked))
    seen, gone, token = [], None, {}
    while True:
        page = search(room, pageSize=2, **asked, **token)
        seen += [claim["text"] for claim in page.get("claims", [])]
        if "nextPageToken" not in page:
            break
        token = {"pageToken": page["nextPageToken"]}
        shelve(
            database, {"text": f"Dam 1 of {len(seen)} will burst.", "url": "https://dams.example/x"}
        )
        if gone is None:
            gone = next(text for text in sorted(there) if text not in seen)
            withdraw(database, gone)
    assert len(seen) == len(set(seen))
    assert set(seen) & there == there - {gone}


def withdraw(database, text):
    with database.transaction() as session:
        claim = session.query(Claim).filter_by(text=text).one()
        session.query(Verdict).filter_by(claim_id=claim.id).update({"state": "retracted"})
        session.query(VerdictInForce).filter_by(claim_id=claim.id).delete()


def test_many_reviews_of_one_claim_are_cut_to_the_newest(shelved):
    room, database = shelved
    same = [{"text": "All wells are dry.", "url": f"https://dry{n}.example/"} for n in range(30)]
    shelve(database, *same)
    (claim,) = search(room, query="All wells are dry")["claims"]
    sites = [review["publisher"]["site"] for review in claim["claimReview"]]
    assert sites == [f"dry{n}.example" for n in range(29, 9, -1)]


def test_rows_made_anew_are_the_rows_that_were_kept(newsroom, database):
    newsroom.published()
    withdrawn = newsroom.verdict_in("published")
    newsroom.act(withdrawn, "ed", "retract", reason="It rests on a parody.")
    before = rows(database)
    with database.transaction() as session:
        assert list(put_anew(session)) == [2]
    assert rows(database) == before
    assert len(before) == 1


def rows(database: Database):
    columns = [c for c in VerdictInForce.__table__.c if c.name != "number"]
    with database.reading() as session:
        return session.query(*columns).order_by(VerdictInForce.claim_id).all()


@pytest.mark.parametrize(
    ("url", "site"),
    [("https://www.Example.org/a", "example.org"), ("http://example.org:8080", "example.org"),
     ("https://news.example.org./a", "news.example.org"), ("https://www.bücher.example/", "xn--bcher-kva.example"),
     ("https://wwwhere.example", "wwwhere.example"), ("https://[2001:db8::1]/", "2001:db8::1"),
     ("https://[", None), ("no address", None), ("", None), ("https://\u2488com/", None)],
)  # fmt: skip
def test_the_site_of_an_address(url, site):
    assert site_of(url) == site


def test_the_answer_is_for_any_page_and_may_be_kept(shelved):
    room, _ = shelved
    answer = room.call("GET", f"{SEARCH}?query=dam", status=200)
    assert answer.mimetype == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert b'\n  "claims"' in answer.data
    plain = room.call(
        "GET", f"{SEARCH}?query=dam&prettyPrint=false&key=AIza&quotaUser=me&$.xgafv=2", status=200
    )
    assert b"\n" not in plain.data
    assert plain.json == answer.json
    mine = room.call("GET", f"{SEARCH}?query=dam", "con", status=200)
    assert mine.headers["Cache-Control"] == "private, max-age=60"
    wrong = room.call("GET", SEARCH, status=400)
    assert wrong.headers["Cache-Control"] == "no-store"
    assert wrong.headers["Access-Control-Allow-Origin"] == "*"
    asked = room.call("OPTIONS", SEARCH, status=200)
    assert asked.headers["Access-Control-Allow-Headers"] == "*"


def test_the_answer_as_a_script(shelved):
    room, database = shelved
    shelve(database, {"text": "Lines\u2028end </script> here."})
    answer = room.call("GET", f"{SEARCH}?query=lines+end&callback=app.show$1", status=200)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data.startswith(b"/**/app.show$1({")
    assert "\u2028" not in answer.text
    (claim,) = json.loads(answer.text[len("/**/app.show$1(") : -2])["claims"]
    assert claim["text"] == "Lines\u2028end </script> here."


@pytest.mark.parametrize(
    "name", ["", "a b", "1a", "a.", ".a", "a()", "a;b", "a[0]", "é", "a" * 300, "a\n"]
)
def test_what_is_no_name_of_a_function(shelved, name):
    search(shelved[0], query="dam", callback=name, status=400)


@pytest.mark.parametrize(
    ("header", "status"),
    [("Bearer fcv_nobodys", "UNAUTHENTICATED"), ("Basic x", "UNAUTHENTICATED")],
)
def test_a_bad_token_is_told_as_google_tells_it(shelved, header, status):
    error = search(shelved[0], query="dam", headers={"Authorization": header}, status=401)
    assert error["status"] == status


@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [("GET", "/v1alpha1/pages", 404, "NOT_FOUND"), ("GET", "/v1alpha1/%00", 404, "NOT_FOUND"),
     ("POST", SEARCH, 405, "UNIMPLEMENTED"), ("DELETE", SEARCH, 405, "UNIMPLEMENTED"),
     ("GET", f"{SEARCH}?query=a&alt=media", 400, "INVALID_ARGUMENT"),
     ("GET", f"{SEARCH}?query=a&queri=b", 400, "INVALID_ARGUMENT")],
)  # fmt: skip
def test_every_refusal_is_told_as_google_tells_it(shelved, method, path, status, told):
    answer = shelved[0].call(method, path)
    assert check_google_error(answer, status)["status"] == told


def test_a_limit_of_rate_is_told_as_google_tells_it(shelved):
    room, database = shelved
    limited = create_app(
        Settings(
            database_url=database.engine.url.render_as_string(hide_password=False), rate_limit=1
        )
    )
    client, token = limited.test_client(), {"Authorization": f"Bearer {room.tokens['con']}"}
    answers = [client.get(f"{SEARCH}?query=dam", headers=token) for _ in range(3)]
    assert check_google_error(answers[-1], 429)["status"] == "RESOURCE_EXHAUSTED"
    assert int(answers[-1].headers["Retry-After"]) > 0
    limited.extensions["verifier.database"].dispose()


def test_what_is_found_by_meaning_is_narrowed_by_the_same_conditions(newsroom, database):
    claim, _ = newsroom.published()
    wanted = Filters(
        site="here.example", own_site="here.example", language="en", since=now() - timedelta(1)
    )
    with database.looking_up() as connection:
        for filters, number in (
            (wanted, 1),
            (wanted._replace(site="else.example"), 0),
            (wanted._replace(language="az"), 0),
            (wanted._replace(since=now() + timedelta(1)), 0),
            (Filters(), 1),
        ):
            only = filters.only(database.dialect)
            assert len(documents_of(connection, [claim[-36:]], only=only)) == number, filters


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"X-HTTP-Method-Override": "GET"}, 200), ({"X-HTTP-Method-Override": "get"}, 200),
     ({"X-HTTP-Method-Override": "DELETE"}, 405), ({}, 405)],
)  # fmt: skip
def test_a_form_that_is_meant_as_a_get(shelved, headers, status):
    sent = urlencode({"query": "dam " * 900})
    answer = shelved[0].call("POST", SEARCH, headers=headers, data=sent, content_type=FORM)
    assert answer.status_code == status
    if status == 200:
        assert len(answer.json["claims"]) == 9
        both_ways = shelved[0].call(
            "POST", f"{SEARCH}?query=dam", headers=headers, data=sent, content_type=FORM
        )
        check_google_error(both_ways, 400, "/query")


@pytest.mark.parametrize(
    "data", [b"query=" + b"a" * 100_000, b"query=%ff%fe", b"\xff\xfe", b"query=\xed\xa0\x80"]
)
def test_forms_of_all_sorts(shelved, data):
    headers = {"X-HTTP-Method-Override": "GET"}
    answer = shelved[0].call("POST", SEARCH, headers=headers, data=data, content_type=FORM)
    assert answer.status_code in (200, 400, 405)
    other = shelved[0].call(
        "POST", "/v1/claims", "con", headers=headers, data=data, content_type=FORM
    )
    assert other.status_code == 415
