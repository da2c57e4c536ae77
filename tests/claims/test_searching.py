"""Claims by what they say: `q` in the list and in the exports."""

from __future__ import annotations

import json

import pytest
from alembic import command
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import contents
from verifier.cli import main
from verifier.fulltext import lookup, saying
from verifier.kit import migrations

TROOPS = "Moscow assured Baku that its troops could leave before the 2025 deadline."
BACKED = "Moscow tacitly backed Baku's campaign of 2020."
BREAD = "Bread costs twice as much as a year ago, says the Bakers' Union."


def found(room, who="con", **query):
    """The texts that a search finds, in its order."""
    answer = room.call("GET", "/v1/claims", who, query_string=query, status=200)
    return [item["text"] for item in answer.json["items"]]


@pytest.fixture
def claims(newsroom):
    for text in (TROOPS, BACKED, BREAD):
        newsroom.claim(text=text)
    return newsroom


TYPED = [
    ("moscow", {TROOPS, BACKED}),
    ("MOSCOW troop", {TROOPS}),
    ("leaving", {TROOPS}),
    ("moscow -troops", {BACKED}),
    ('"tacitly backed"', {BACKED}),
    ('"backed tacitly"', set()),
    ('moscow -"tacitly backed"', {TROOPS}),
    ("dead*", {TROOPS}),
    ("mos* cam*", {BACKED}),
    ("2025", {TROOPS}),
    ("2,025", {TROOPS}),
    ("bakers", {BREAD}),
    ("bread moscow", set()),
    ("the", {TROOPS, BREAD}),
    ("-moscow", {BREAD}),
    ("-mos*", {BREAD}),
    ("", set()),
    ('"', set()),
    ("???", set()),
    ("-", set()),
    ("*", set()),
    ('"tacitly backed', {BACKED}),
    ("troops) OR (1=1; --", set()),
    ("moscow\x00 troops", {TROOPS}),
    ("%", set()),
    ("😮", set()),
]


@pytest.mark.parametrize(
    ("sort", "walk"),
    [
        ("relevance", 3000),
        ("-created_at", 3000),
        ("-created_at", 1),
        ("updated_at", 3000),
        ("updated_at", 1),
    ],
)
def test_what_is_typed_finds(claims, sort, walk, monkeypatch):
    """Whether its words are so rare that the index leads to all that has them, or common."""
    monkeypatch.setattr(lookup, "LONGEST_WALK", walk)
    monkeypatch.setattr(saying, "MOST", walk)
    for typed, texts in TYPED:
        assert set(found(claims, q=typed, sort=sort)) == texts, typed


SPELLINGS = [
    ("tr", "IĞDIR'da sınır kapısı açıldı.", ["ığdır", "IGDIR", "Iğdır", "igdir", "sinir", "SINIR"]),
    ("az", "Bakıda İsmayıllı rayonundan köçürülənlər qayıdır.", ["ismayilli", "İSMAYILLI", "bakı*"]),
    ("az", "Azərbaycanda yeni körpü açılıb.", ["azerbaycan*", "AZƏRBAYCANDA", "körpü"]),
    ("fr", "Les élections seront avancées.", ["election", "ÉLECTION", "élections", "elect*"]),
    ("de", "Die Häuser an der Straße wurden geräumt.", ["haus", "HÄUSER", "strasse", "Straße"]),
    ("ru", "Российские войска ещё не ушли из Карабаха.", ["войск", "ВОЙСКАМИ", "еще", "карабах"]),
    ("es", "La inflación llegó al 2,5 por ciento.", ["inflacion", "2.5", "INFLACIÓN"]),
    ("ar", "أعلنت الحُكومة انسحاب القوات.", ["الحكومة", "الحكومه", "حكومة", "اعلنت"]),
    ("zh", "俄罗斯军队撤出阿塞拜疆。", ["军队", "撤出", "阿塞拜疆", "疆", "军", "俄罗*"]),
    ("ja", "ロシア軍はアゼルバイジャンから撤退した。", ["撤退", "ロシア", "アゼルバイジャン"]),
    ("th", "กองทัพรัสเซียถอนตัว", ["รัสเซีย", "ถอน"]),
    ("hi", "सेना ने सीमा छोड़ दी।", ["सीमा", "सेना"]),
    ("ka", "ჯარები ტოვებენ ქვეყანას.", ["ჯარები", "ტოვებენ"]),
    ("hy", "Զորքերը լքում են երկիրը։", ["զորքերը", "ԶՈՐՔԵՐԸ"]),
    ("he", "הצבא עוזב את המדינה.", ["הצבא", "המדינה"]),
    ("el", "Ο στρατός αποχωρεί.", ["στρατος", "ΣΤΡΑΤΌΣ"]),
    ("ko", "러시아군이 철수했다.", ["러시아군이", "러시*"]),
    ("en", "Naïve café-goers paid 5,000 dollars.", ["naive", "cafe goers", "5000", "CAFÉ"]),
]  # fmt: skip


def test_every_script_and_spelling_is_found(newsroom):
    for language, text, _ in SPELLINGS:
        newsroom.claim(text=text, language=language)
    for language, text, asked in SPELLINGS:
        for typed in asked:
            assert found(newsroom, q=typed, language=language) == [text], typed


def test_words_of_the_claimant_and_of_the_verdict_count(newsroom):
    path = newsroom.claim(
        text=BREAD, claimant={"name": "Union of Bakers", "kind": "organization"}, accepted=True
    )
    newsroom.evidence(path, newsroom.source())
    said = {"title": "Flour is to blame", "summary": "Wheat was scarce."}
    verdict = newsroom.verdict_in("published", path, **said)
    for typed in ("union", "flour", "wheat scarce", '"flour is to blame"', "bread flour"):
        assert found(newsroom, who=None, q=typed) == [BREAD], typed
    newsroom.act(verdict, "ed", "retract", reason="It rests on a parody.")
    assert found(newsroom, q="flour") == []
    assert found(newsroom, who=None, q="bread") == [BREAD]


def test_an_edited_claim_is_found_by_its_new_words_alone(newsroom):
    path = newsroom.claim(text=TROOPS)
    etag = newsroom.call("GET", path, "con").headers["ETag"]
    newsroom.call("PATCH", path, "con", etag=etag, json={"text": BREAD}, status=200)
    assert found(newsroom, q="troops") == []
    assert found(newsroom, q="bread") == [BREAD]


def test_only_what_one_may_see_is_found(newsroom):
    mine = newsroom.claim(text=TROOPS, accepted=True)
    newsroom.claim(text=BACKED)
    newsroom.published(mine)
    for who, texts in (("con", {TROOPS, BACKED}), (None, {TROOPS}), ("out", {TROOPS})):
        for sort in ("relevance", "-created_at"):
            assert set(found(newsroom, who, q="moscow", sort=sort)) == texts
            mine = found(newsroom, who, q="moscow", sort=sort, desk="border-desk")
            assert set(mine) == texts
            assert set(found(newsroom, who, q="-bread", sort=sort)) == texts
    assert found(newsroom, q="moscow", desk="nobody-here") == []


@pytest.mark.parametrize("sort", ["relevance", "-created_at", "priority"])
def test_words_go_with_every_filter(newsroom, sort):
    newsroom.claim(text=TROOPS, topics=["army"], language="en", priority="high")
    newsroom.claim(text=BACKED, topics=["baku"], claimant={"name": "A. B."}, language="en")
    for filters, texts in (
        ({"topic": "army"}, {TROOPS}),
        ({"claimant": "a. b."}, {BACKED}),
        ({"language": "en"}, {TROOPS, BACKED}),
        ({"language": "fr"}, set()),
        ({"status": "submitted"}, {TROOPS, BACKED}),
        ({"status": "rejected"}, set()),
        ({"assignee": "me"}, set()),
        ({"created_after": "2020-01-01T00:00:00Z"}, {TROOPS, BACKED}),
        ({"created_before": "2020-01-01T00:00:00Z"}, set()),
    ):
        assert set(found(newsroom, q="moscow", sort=sort, **filters)) == texts, filters


def test_the_rarer_word_and_the_shorter_claim_rank_first(newsroom):
    long = f"{TROOPS} {BREAD} And much else was said of Tbilisi, too, on that long day in spring."
    short = "Tbilisi: troops."
    other = "Troops, troops and more troops were seen."
    for text in (long, short, other):
        newsroom.claim(text=text)
    assert found(newsroom, q="troops tbilisi", sort="relevance") == [short, long]
    assert found(newsroom, q="troops", sort="relevance")[0] == other


@pytest.mark.parametrize("sort", ["relevance", "-created_at", "updated_at"])
def test_pages_of_a_search_hold_each_claim_once(newsroom, sort):
    texts = [f"Moscow said number {n}." for n in range(7)]
    for text in texts:
        newsroom.claim(text=text)
    seen, path = [], f"/v1/claims?q=moscow&limit=3&sort={sort}"
    while path:
        answer = newsroom.call("GET", path, "con", status=200)
        seen += [item["text"] for item in answer.json["items"]]
        path = answer.headers["Link"].split(">")[0][1:] if answer.json["next"] else None
    assert sorted(seen) == sorted(texts)


def test_snippets_show_where_the_words_stand(newsroom):
    before = "Nobody expected it at the time. " * 10
    newsroom.claim(text=f"{before}{TROOPS}", claimant={"name": "Troops' mothers"})
    answer = newsroom.call(
        "GET", "/v1/claims?q=troop+%22could+leave%22&highlight=true", "con", status=200
    )
    text, claimant = answer.json["items"][0]["highlights"]
    assert (text["member"], claimant["member"]) == ("text", "claimant")
    assert len(text["snippet"]) <= 240
    marked = [text["snippet"][mark["start"] : mark["end"]] for mark in text["marks"]]
    assert marked == ["troops", "could", "leave"]
    assert claimant["marks"] == [{"start": 0, "end": 6}]
    plain = newsroom.call("GET", "/v1/claims?q=troops", "con", status=200)
    assert "highlights" not in plain.json["items"][0]


def test_relevance_needs_words(newsroom):
    answer = newsroom.call("GET", "/v1/claims?sort=relevance", "con", status=422)
    assert answer.json["errors"][0]["pointer"] == "/sort"


def test_exports_take_words_too(claims):
    for typed, texts in (("moscow -troops", {BACKED}), ("", set()), ("-moscow", {BREAD})):
        answer = claims.call(
            "GET", "/v1/exports/ndjson", "con", query_string={"q": typed}, status=200
        )
        assert {line["text"] for line in map(json.loads, answer.text.splitlines())} == texts


@given(st.text(max_size=60) | st.text(alphabet="\"-* ab'%_()\\:|&!", max_size=30))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_typed_gets_an_answer(claims, typed):
    for sort in ("relevance", "-created_at"):
        found(claims, q=typed, sort=sort, highlight="true")


def test_claims_from_before_the_index_are_found_once_it_is_there(claims, database):
    options = database.engine.execution_options(writes=True)
    with options.begin() as connection:
        command.downgrade(migrations.alembic_config(connection), "0004")
    with options.begin() as connection:
        command.upgrade(migrations.alembic_config(connection), "head")
    assert set(found(claims, q="moscow")) == {TROOPS, BACKED}
    assert found(claims, q="tacit*", sort="relevance") == [BACKED]


def test_the_index_made_anew_is_as_it_was(claims, database, database_url):
    path = claims.claim(text="Published since.", accepted=True, claimant={"name": "A. B."})
    claims.published(path)
    before = contents(database)
    environment = {"VERIFIER_DATABASE_URL": database_url}
    answer = CliRunner().invoke(main, ["search", "index"], env=environment)
    assert "4 claims are indexed." in answer.output
    assert entries(contents(database)) == entries(before)


def entries(tables):
    """What the index says, whatever the numbers of the documents."""
    claim_of = {row.doc: row.claim_id for row in tables["search_documents"]}
    return {
        (row.scope, row.term, claim_of[row.doc], row.weight) for row in tables["search_postings"]
    }


@pytest.mark.parametrize(("sort", "number"), [("relevance", 7), ("-created_at", 6)])
def test_a_search_takes_as_many_queries_however_much_it_finds(
    newsroom, count_queries, sort, number
):
    for n in range(1, 12):
        newsroom.claim(text=f"Moscow said number {n}.")
        if n in {1, 11}:
            with count_queries() as queries:
                assert len(found(newsroom, q="moscow", sort=sort)) == n
            assert len(queries) <= number, queries


def test_an_export_holds_more_than_relevance_ranks(newsroom):
    answer = newsroom.call("GET", "/v1/exports/csv?q=troops&sort=relevance", "con", status=422)
    (error,) = answer.json["errors"]
    assert error["pointer"] == "/sort"
    assert "-updated_at" in error["detail"]
    assert "ask the list" in error["detail"]
