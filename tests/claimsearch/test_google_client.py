"""Google's own client, as it comes, against the real server in the place of Google's."""

import json
import re
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection
from itertools import chain

import pytest
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from tests.claimsearch.shelf import day, shelve
from tests.newsroom import open_newsroom
from tests.served import Served
from verifier.app import create_app
from verifier.settings import Settings

SEARCH = "/v1alpha1/claims:search"
MOON = "The moon landing was filmed in a studio."
VACCINE = "The vaccine contains a microchip."
DAMS = [f"Dam number {n} of the valley is about to burst." for n in range(23)]
REVIEWS = [
    {"text": MOON, "claimant": "A viral video", "claimed_on": day(40), "title": "No studio",
     "url": "https://www.zagros.example/moon", "reviewed": 30, "label": "Pants on fire"},
    {"text": "the moon landing was filmed in a studio", "claimant": "a viral  VIDEO",
     "publisher": "Ararat Check", "url": "https://ararat.example:8443/a?b=c", "reviewed": 20},
    {"text": MOON, "claimant": "Somebody else", "publisher": "Ararat Check",
     "url": "https://ararat.example/else", "reviewed": 19},
    {"text": VACCINE, "url": "https://zagros.example/chip", "reviewed": 400},
    {"text": "A vacina contém um microchip.", "language": "pt-BR", "publisher": "Checagem",
     "url": "https://checagem.example/chip", "reviewed": 3},
    {"text": "The old bridge will be closed for a year.", "reviewed": 900, "claimed_on": day(5),
     "url": "https://zagros.example/bridge"},
    {"text": "Wolves were seen in the market.", "reviewed": 50, "publisher": "Border Desk"},
    *({"text": text, "url": f"https://dams.example/{n}", "reviewed": 100 + n // 2}
      for n, text in enumerate(DAMS)),
    {"text": DAMS[0], "url": "https://dams.example/again", "reviewed": 90},
    {"text": "Բերքը կրկնապատկվել է մեկ տարում։", "language": "hy", "url": "https://ararat.example/hy"},
]  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(request):
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        environment = {"VERIFIER_DATABASE_URL": url, "VERIFIER_RATE_LIMIT": "0"}
        app = create_app(Settings.from_env(environment))
        open_newsroom(app)
        shelve(app.extensions["verifier.database"], *REVIEWS)
        app.extensions["verifier.database"].dispose()
        server = Served(environment).start(workers=1)
        yield server
        server.stop()


@pytest.fixture(scope="module")
def claims(served):
    """The client's resource, asking here."""
    service = build(
        "factchecktools", "v1alpha1", developerKey="of-no-matter", static_discovery=True,
        client_options={"api_endpoint": f"http://127.0.0.1:{served.port}"},
    )  # fmt: skip
    with service:
        yield service.claims()


def found(claims, **parameters):
    return claims.search(**parameters).execute()


def texts(answer):
    return [claim["text"] for claim in answer.get("claims", [])]


def pages(claims, **parameters):
    """As the client's documentation has it."""
    request = claims.search(**parameters)
    while request is not None:
        answer = request.execute()
        yield answer
        request = claims.search_next(request, answer)


def refused(claims, status, **parameters):
    with pytest.raises(HttpError) as refusal:
        found(claims, **parameters)
    assert refusal.value.status_code == status
    assert refusal.value.reason
    assert refusal.value.error_details == refusal.value.reason
    return refusal.value.reason


def test_a_question_finds_the_claim_with_all_its_reviews(claims):
    best, other, *_ = found(claims, query="Was the moon landing filmed in a studio?")["claims"]
    first, second = sorted((best, other), key=lambda claim: -len(claim["claimReview"]))
    assert [review["publisher"] for review in first["claimReview"]] == [
        {"name": "Ararat Check", "site": "ararat.example"},
        {"name": "Zagros Facts", "site": "zagros.example"},
    ]
    assert first["claimDate"] == f"{day(40)}T00:00:00Z"
    review = first["claimReview"][1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", review.pop("reviewDate"))
    assert review == {
        "publisher": {"name": "Zagros Facts", "site": "zagros.example"},
        "url": "https://www.zagros.example/moon",
        "title": "No studio",
        "textualRating": "Pants on fire",
        "languageCode": "en",
    }
    assert "title" not in first["claimReview"][0]
    assert second["claimant"] == "Somebody else"
    assert len(second["claimReview"]) == 1


def test_what_the_server_refuses_by_itself_is_told_as_google_tells_it(served):
    """Too much is refused before the application is asked; elsewhere by a problem document."""
    for path, media_type in ((SEARCH, "application/json"), ("/v1/me", "application/problem+json")):
        connection = HTTPConnection("127.0.0.1", served.port, timeout=30)
        with closing(connection):
            connection.putrequest("POST", path)
            connection.putheader("Content-Length", str(3 * 1024 * 1024))
            connection.endheaders()
            answer = connection.getresponse()
            told = json.loads(answer.read())
        assert (answer.status, answer.headers["Content-Type"]) == (413, media_type)
        if path == SEARCH:
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert (told["error"]["code"], told["error"]["status"]) == (413, "INVALID_ARGUMENT")
            assert "longer than" in told["error"]["message"]


def test_nothing_found_is_an_empty_object(claims):
    assert found(claims, query="Xylophones hibernate quarterly.") == {}
    assert found(claims, reviewPublisherSiteFilter="nobody.example") == {}


@pytest.mark.parametrize(
    "site", ["zagros.example", "www.zagros.example", "ZAGROS.example", "https://zagros.example/x",
             " zagros.example. ", "zagros.example:443"],
)  # fmt: skip
def test_a_publishers_site_lists_its_reviews_newest_first(claims, site):
    """By the newer of claim and review, as ages are told."""
    answer = found(claims, reviewPublisherSiteFilter=site)
    assert texts(answer) == ["The old bridge will be closed for a year.", MOON, VACCINE]
    sites = [[r["publisher"]["site"] for r in c["claimReview"]] for c in answer["claims"]]
    assert sites == [["zagros.example"]] * 3


@pytest.mark.parametrize("site", ["agros.example", "example", "%.example", "a b", "x" * 300, "["])
def test_no_other_site_is_that_site(claims, site):
    assert found(claims, reviewPublisherSiteFilter=site) == {}


def test_verdicts_without_an_address_are_on_the_services_own_site(claims):
    (claim,) = found(claims, reviewPublisherSiteFilter="127.0.0.1")["claims"]
    (review,) = claim["claimReview"]
    assert claim["text"] == "Wolves were seen in the market."
    assert review["url"].startswith("http://127.0.0.1:8000/factchecks/")
    assert review["publisher"] == {"name": "Border Desk", "site": "127.0.0.1"}
    (again,) = found(claims, query="wolves in the market", reviewPublisherSiteFilter="127.0.0.1")[
        "claims"
    ]
    assert again == claim


def test_a_question_within_a_site(claims):
    answer = found(claims, query="moon landing studio", reviewPublisherSiteFilter="ararat.example")
    assert len(answer["claims"]) == 2
    for claim in answer["claims"]:
        assert [r["publisher"]["site"] for r in claim["claimReview"]] == ["ararat.example"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("pt", 1), ("pt-BR", 1), ("pt-PT", 1), ("PT", 1), ("en", 1), ("en-US", 1), ("az", 0), ("", 2)],
)
def test_the_languages_region_does_not_matter(claims, code, expected):
    answer = found(claims, query="vaccine vacina microchip", languageCode=code)
    assert len(texts(answer)) == expected
    if code[:2].lower() == "pt":
        assert answer["claims"][0]["claimReview"][0]["languageCode"] == "pt-BR"


def test_a_site_in_a_language(claims):
    assert texts(found(claims, reviewPublisherSiteFilter="ararat.example", languageCode="hy")) == [
        REVIEWS[-1]["text"]
    ]


@pytest.mark.parametrize(
    ("days", "expected"), [(1, 0), (4, 0), (6, 1), (29, 1), (35, 2), (500, 3), (2**29, 3), (0, 3)]
)
def test_age_is_by_the_newer_of_claim_and_review(claims, days, expected):
    """The bridge's claim is 5 days old and its review 900, the moon's review 30, the chip's 400."""
    answer = found(claims, reviewPublisherSiteFilter="zagros.example", maxAgeDays=days)
    assert len(texts(answer)) == expected
    asked = found(claims, query="old bridge closed", maxAgeDays=days)
    assert ("The old bridge will be closed for a year." in texts(asked)) is (expected > 0)


@pytest.mark.parametrize("size", [1, 4, 10, 23, 100, 5000])
@pytest.mark.parametrize(
    "asked", [{"query": "dam of the valley about to burst"}, {"reviewPublisherSiteFilter": "dams.example"},
              {"query": "dam valley", "reviewPublisherSiteFilter": "dams.example", "languageCode": "en"}],
    ids=["ranked", "newest", "both"],
)  # fmt: skip
def test_paging_to_the_end_shows_everything_once(claims, asked, size):
    seen = [texts(page) for page in pages(claims, pageSize=size, **asked)]
    assert sorted([*chain(*seen)]) == sorted(DAMS)
    assert {len(page) for page in seen[:-1]} <= {size}
    if "query" not in asked:
        assert seen[0][0] == DAMS[0]
        whole = found(claims, pageSize=100, **asked)
        assert [*chain(*seen)] == texts(whole)
        assert len(whole["claims"][0]["claimReview"]) == 2


@pytest.mark.parametrize(
    "asked", [{"query": "dam valley"}, {"reviewPublisherSiteFilter": "dams.example"}]
)
def test_an_offset_passes_over_what_comes_first(claims, asked):
    whole = texts(found(claims, pageSize=100, **asked))
    assert texts(found(claims, offset=5, pageSize=3, **asked)) == whole[5:8]
    seen = [texts(page) for page in pages(claims, offset=5, pageSize=7, **asked)]
    assert [*chain(*seen)] == whole[5:]
    assert found(claims, offset=100, **asked) == {}


@pytest.mark.parametrize(
    "asked", [{"query": "dam valley"}, {"reviewPublisherSiteFilter": "dams.example"}]
)
def test_a_token_is_good_for_its_own_search_alone(claims, asked):
    token = found(claims, pageSize=3, **asked)["nextPageToken"]
    assert len(texts(found(claims, pageSize=3, pageToken=token, **asked))) == 3
    for other in ({"pageSize": 4}, {"languageCode": "en"}, {"maxAgeDays": 900}, {"query": "dam"},
                  {"reviewPublisherSiteFilter": "zagros.example"}, {"pageToken": token[:-2]},
                  {"pageToken": "x"}, {"pageToken": "é"}, {"pageToken": "A" * 9000}):  # fmt: skip
        given = {"pageSize": 3, "pageToken": token, **asked, **other}
        assert "page token" in refused(claims, 400, **given), other


def test_a_search_for_nothing_is_refused(claims):
    assert "reviewPublisherSiteFilter" in refused(claims, 400)
    assert refused(claims, 400, query="", languageCode="en").startswith("query: ")
    assert refused(claims, 400, query=" ")


@pytest.mark.parametrize(
    "wrong", [{"languageCode": "english!"}, {"pageSize": -1}, {"maxAgeDays": -3}, {"offset": -1},
              {"offset": 1001}, {"pageSize": 2**40}, {"fields": "claims(text"}, {"fields": "nothing"},
              {"callback": "alert(1)"}],
)  # fmt: skip
def test_what_is_wrong_is_named(claims, wrong):
    (name,) = wrong
    assert refused(claims, 400, query="moon", **wrong).startswith(f"{name}: ")


def test_parts_of_an_answer(claims):
    asked = {"query": "moon landing studio", "pageSize": 1}
    assert found(claims, fields="claims/text", **asked).keys() == {"claims"}
    part = found(claims, fields="claims(claimReview(publisher/site)),nextPageToken", **asked)
    assert part.keys() == {"claims", "nextPageToken"}
    assert [claim.keys() for claim in part["claims"]] == [{"claimReview"}]
    assert part["claims"][0]["claimReview"][0].keys() == {"publisher"}
    assert found(claims, fields="*", **asked) == found(claims, **asked)


def test_a_question_too_long_for_an_address(claims):
    """The client sends it as a form by POST, and says that it means GET."""
    question = f"{REVIEWS[-1]['text']} {'Խոսքեր ու խոսքեր։ ' * 60}"
    assert texts(found(claims, query=question, languageCode="hy")) == [REVIEWS[-1]["text"]]
    assert refused(claims, 400, query=question, languageCode="?")


def test_what_else_google_offers_is_not_here(claims):
    with pytest.raises(HttpError) as refusal:
        claims.imageSearch(imageUri="https://a.example/a.png").execute()
    assert refusal.value.status_code == 404
    assert json.loads(refusal.value.content)["error"]["status"] == "NOT_FOUND"
    assert refusal.value.reason


def test_another_desks_service_asks_here(served, newsroom, settings):
    """Two instances: what is published here is found there, under this service's name."""
    address = f"http://127.0.0.1:{served.port}{SEARCH}"
    settings = replace(settings, remote_searches=f"sister={address}", allow_private_fetch=True)
    other = create_app(settings)
    newsroom.client = other.test_client()
    sent = {"text": "Was the moon landing filmed in a studio?", "elsewhere": ["sister"], "limit": 1}
    for cached in (False, True):
        found = newsroom.call("POST", "/v1/matches", "con", json=sent, status=200).json
        assert found["items"] == []
        (answer,) = found["elsewhere"]
        assert (answer["source"], answer["status"]) == ("sister", "answered")
        assert answer["cached"] is cached
        (claim,) = answer["items"]
        assert claim["text"].lower().startswith("the moon landing")
        assert claim["reviews"][0]["site"] == "ararat.example"
    other.extensions["verifier.database"].dispose()
