"""Other people's services are asked when somebody wants it, at once, and never in anybody's way."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import delete, select, update
from structlog.testing import capture_logs

from tests.document import DocumentedClient
from tests.elsewhere.test_reading import CLAIM
from tests.newsroom import open_newsroom
from tests.problems import check_problem
from tests.site import Internet, drip, page, redirect
from verifier.app import create_app
from verifier.elsewhere.asking import LIMITS, Remotes, forget_expired
from verifier.elsewhere.models import RemoteAnswer
from verifier.kit.clock import now
from verifier.settings import SettingError, Settings

SECRET = "AIzaSecret"
TEXT = "The dam burst, they say."
JSON_TYPE = "application/json; charset=UTF-8"


def answering(*claims):
    return page(json.dumps({"claims": claims} if claims else {}).encode(), media_type=JSON_TYPE)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def newsroom(request):
    """One for all tests here: none of them changes what another one looks at."""
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        app = create_app(Settings(database_url=url))
        app.test_client_class = DocumentedClient
        room = open_newsroom(app)
        room.claim(text=TEXT)
        yield room
        app.extensions["verifier.database"].dispose()


@pytest.fixture
def database(newsroom):
    return newsroom.client.application.extensions["verifier.database"]


@pytest.fixture
def internet(newsroom, database):
    """`google` and `sister` are set up; both answer with one claim, and nothing is kept yet."""
    with database.transaction() as session:
        session.execute(delete(RemoteAnswer))
    with Internet() as internet:
        addresses = {
            "google": f"http://a.example/v1alpha1/claims:search?key={SECRET}",
            "sister": "http://b.example/v1alpha1/claims:search",
        }
        remotes = Remotes(database, addresses, partial(internet.fetcher, limits=LIMITS))
        newsroom.client.application.extensions["verifier.elsewhere"] = remotes
        internet.site["/v1alpha1/claims:search"] = answering(CLAIM)
        yield internet
        assert internet.internal_hits == []


def ask(room, who="con", *, status=200, **members):
    sent = {"text": TEXT, "elsewhere": True, **members}
    return room.call("POST", "/v1/matches", who, json=sent, status=status)


def answers(room, **members):
    return {each["source"]: each for each in ask(room, **members).json["elsewhere"]}


def asked(internet):
    return [(each.host, parse_qs(urlsplit(each.path).query)) for each in internet.site.received]


def test_nobody_is_asked_unless_somebody_wants_it(newsroom, internet):
    for members in ({}, {"elsewhere": False}, {"elsewhere": []}):
        sent = {"text": TEXT, **members}
        found = newsroom.call("POST", "/v1/matches", "con", json=sent, status=200).json
        assert found.keys() == {"items"}
    assert internet.looked_up == []


def test_all_are_asked_and_each_is_named(newsroom, internet):
    found = answers(newsroom, language="en-GB")
    assert list(found) == ["google", "sister"]
    for each in found.values():
        assert (each["status"], each["detail"], each["cached"]) == ("answered", None, False)
        assert [item["text"] for item in each["items"]] == ["The dam burst."]
    question = {"query": [TEXT], "pageSize": ["10"], "languageCode": ["en-GB"]}
    assert sorted(asked(internet), key=str) == sorted(
        [("a.example", {"key": [SECRET], **question}), ("b.example", question)], key=str
    )
    for received in internet.site.received:
        assert "authorization" not in received.headers
        assert "cookie" not in received.headers


def test_those_that_are_named_are_asked(newsroom, internet):
    assert list(answers(newsroom, elsewhere=["sister", "sister"])) == ["sister"]
    assert [host for host, _ in asked(internet)] == ["b.example"]
    problem = check_problem(
        ask(newsroom, elsewhere=["sister", "x"], status=422), 422, "/elsewhere/1"
    )
    assert "google, sister" in problem["detail"]
    for wrong in ("google", 1, {}, None, ["x"] * 21):
        check_problem(ask(newsroom, elsewhere=wrong, status=422), 422, "/elsewhere")
    for wrong in (["google", 1], ["google", None]):
        check_problem(ask(newsroom, elsewhere=wrong, status=422), 422, "/elsewhere/1")


def test_asking_takes_a_token(newsroom, internet):
    check_problem(ask(newsroom, None, status=401), 401)
    assert internet.looked_up == []


def test_what_was_answered_is_kept_and_said_to_be(newsroom, internet, database):
    first = answers(newsroom)
    again = answers(newsroom)
    assert len(internet.site.received) == 2
    for name, answer in again.items():
        assert answer == first[name] | {"cached": True}
    answers(newsroom, text="Another question.")
    answers(newsroom, language="fr")
    assert len(internet.site.received) == 6
    with database.reading() as session:
        kept = session.scalars(select(RemoteAnswer)).all()
        assert len(kept) == 6
        assert TEXT not in str([(each.key, each.answer) for each in kept])
        assert SECRET not in str([(each.key, each.answer) for each in kept])


def test_what_is_kept_ends(newsroom, internet, database):
    answers(newsroom)
    with database.transaction() as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(RemoteAnswer).values(expires_at=past))
    assert not answers(newsroom)["google"]["cached"]
    assert len(internet.site.received) == 4
    with database.transaction() as session:
        late = session.scalars(select(RemoteAnswer)).first()
        late.expires_at = past
    with database.transaction() as session:
        forget_expired(session)
    with database.reading() as session:
        assert len(session.scalars(select(RemoteAnswer)).all()) == 1


def test_a_limit_cuts_what_is_shown_not_what_is_kept(newsroom, internet):
    internet.site["/v1alpha1/claims:search"] = answering(*[CLAIM] * 4)
    assert len(answers(newsroom, limit=3)["google"]["items"]) == 3
    assert len(answers(newsroom, limit=9)["google"]["items"]) == 4


HUGE = page(b'{"claims": [' + b" " * 1_200_000 + b"]}", media_type=JSON_TYPE)
MANY_BAD = answering(CLAIM, CLAIM | {"text": 1}, {"claimReview": [{"url": "javascript:alert(1)"}]})


BAD_JSON = "Its answer is no JSON that can be trusted."
SLOWLY = drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" ")
MISBEHAVIOUR = {
    "403": (page(b"{}", 403, JSON_TYPE), "failed", "It answered with the status 403.", 0),
    "500": (page(b"{}", 500, JSON_TYPE), "failed", "It answered with the status 500.", 0),
    "redirect": (redirect("http://b.example/x"), "failed", "It answered with the status 302.", 0),
    "html": (page(b"<html>hello</html>"), "failed", "It answered with something else than JSON.", 0),
    "no JSON": (page(b"<html>hello</html>", 200, JSON_TYPE), "failed", BAD_JSON, 0),
    "deep": (page(b"[" * 500_000, 200, JSON_TYPE), "failed", BAD_JSON, 0),
    "shape": (page(b'{"claims": 1}', 200, JSON_TYPE), "failed",
              "Its answer is not of the shape that such services answer in.", 0),
    "huge": (HUGE, "failed", "Its answer is too large.", 0),
    "nonsense": (b"nonsense\r\n\r\n", "failed", "Its answer broke off.", 0),
    "slow": (SLOWLY, "failed", "It did not answer in time.", 0),
    "some bad": (MANY_BAD, "answered", "Left out what was not as it should be: 2 claims.", 1),
    "nothing": (answering(), "answered", None, 0),
}  # fmt: skip


@pytest.mark.parametrize("how", MISBEHAVIOUR)
def test_one_that_misbehaves_takes_nothing_from_the_others(newsroom, internet, how):
    behaviour, status, detail, items = MISBEHAVIOUR[how]
    internet.site["a.example/v1alpha1/claims:search"] = behaviour
    with capture_logs() as logs:
        whole = ask(newsroom).json
    assert whole["items"][0]["claim"]["text"] == TEXT
    found = {each["source"]: each for each in whole["elsewhere"]}
    assert (found["google"]["status"], found["google"]["detail"]) == (status, detail)
    assert len(found["google"]["items"]) == items
    assert found["sister"]["status"] == "answered"
    assert SECRET not in json.dumps(whole)
    told = str(logs)
    assert "asked elsewhere" in told
    assert SECRET not in told
    assert TEXT not in told
    assert answers(newsroom)["google"]["cached"]


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.1"], ["93.184.216.34", "192.168.0.1"], ["::1"], []]
)
def test_nobody_is_led_inside(newsroom, internet, addresses):
    internet.names["a.example"] = addresses
    found = answers(newsroom)
    assert found["google"]["status"] == "failed"
    assert found["sister"]["status"] == "answered"
    assert "is not on the public" in found["google"]["detail"] or not addresses


@pytest.mark.usefixtures("internet")
def test_a_kept_question_tells_what_is_known_elsewhere_too(newsroom):
    made = ask(newsroom, notify=True, status=201)
    assert [each["source"] for each in made.json["elsewhere"]] == ["google", "sister"]


def test_a_long_question_fits_into_an_address(newsroom, internet):
    answers(newsroom, text="長い質問" * 1000)
    assert {len(query["query"][0]) for _, query in asked(internet)} == {600}


def test_without_any_service_nobody_answers(newsroom, database):
    newsroom.client.application.extensions["verifier.elsewhere"] = Remotes(database, {}, Internet)
    assert ask(newsroom).json["elsewhere"] == []
    problem = check_problem(ask(newsroom, elsewhere=["google"], status=422), 422, "/elsewhere/0")
    assert "there is none" in problem["detail"]


@pytest.mark.parametrize(
    ("value", "names"),
    [("", []), ("google=https://a.example/x?key=k&b=c", ["google"]),
     ("google=https://a.example/x?key=k,d, sister=https://b.example/y", ["google", "sister"])],
)  # fmt: skip
def test_the_setting(value, names):
    settings = Settings.from_env({"VERIFIER_REMOTE_SEARCHES": value})
    assert list(settings.remotes()) == names
    assert "key=k" not in repr(settings)


@pytest.mark.parametrize(
    "value",
    ["https://a.example", "google", "google=", "Google=https://a.example/x", "g=ftp://a.example",
     "g=http://a.example/x?key=SECRET", "g=https://u:SECRET@a.example/", "g=https://a.example/#SECRET",
     "g=https://a.example/, g=https://b.example/", "g=https:///SECRET", "g=https://a.example/x y"],
)  # fmt: skip
def test_a_setting_that_cannot_be_used(value):
    with pytest.raises(SettingError, match="VERIFIER_REMOTE_SEARCHES") as refusal:
        Settings.from_env({"VERIFIER_REMOTE_SEARCHES": value})
    assert "SECRET" not in str(refusal.value)
