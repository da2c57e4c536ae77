"""`GET /v1/sources/{id}/suggestions`: what is worth checking in a text, ready to be quoted."""

from __future__ import annotations

import time
from uuid import UUID

import pytest

from tests.newsroom import QUOTE, TEXT
from tests.problems import check_problem
from verifier.search.schemas import DEFAULT_LIMIT
from verifier.search.suggesting import LONGEST, LOOKED_AT, MOST_SENTENCES, suggest

ARTICLE = """The road to Karsk
By Jane Poe
What a beautiful country this is! I think everybody should go there once.
Norland exported 4 million tonnes of wheat in 2021, twice as much as Ordan.
"The road will be open by the end of May," Mayor Helen Dorsey said.
Will it ever be finished? Time will tell. Time will tell.
Leave a comment
3 comments
News Line
"""


def read(room, source, who="con", status=200, **query):
    path = f"/v1/sources/{source['id']}/suggestions"
    return room.call("GET", path, who, query_string=query, status=status)


def items(room, source, **query):
    return read(room, source, **query).json["items"]


def pages(room, source, **query):
    answer = read(room, source, **query)
    while answer is not None:
        yield answer.json["items"]
        following = answer.json["next"]
        answer = read(room, source, cursor=following, **query) if following else None


@pytest.fixture
def article(newsroom):
    return newsroom.source(text=ARTICLE)


def test_facts_come_first_and_furniture_not_at_all(newsroom, article):
    found = items(newsroom, article)
    words = [item["quote"]["exact"] for item in found]
    assert words[0].startswith("Norland exported 4 million")
    assert words[1].startswith('"The road will be open')
    assert sorted(item["score"] for item in found) == [item["score"] for item in reversed(found)]
    assert not {"Leave a comment", "3 comments", "News Line", "By Jane Poe"} & set(words)
    assert words.count("Time will tell.") == 1
    assert found[0]["reasons"] == ["quantity", "date", "comparison", "past-event", "names"]
    assert {"quotation", "attribution", "promise"} <= set(found[1]["reasons"])
    assert all(item["score"] < 0.5 for item in found[2:])


def test_each_can_be_posted_as_a_claims_quote(newsroom, article):
    text = newsroom.call("GET", f"/v1/sources/{article['id']}/text", "con").get_data(as_text=True)
    for item in items(newsroom, article):
        quote = item["quote"]
        assert text[quote["start"] : quote["end"]] == quote["exact"]
        place = {"source": article["id"], "quote": quote}
        sent = {"text": quote["exact"], "appearances": [place]}
        path = newsroom.call("POST", "/v1/claims", "con", json=sent, status=201).json["id"]
        claim = newsroom.call("GET", f"/v1/claims/{path}", "con").json
        assert claim["appearances"][0]["quote"] == quote
    assert all(len(item["claims"]) == 1 for item in items(newsroom, article))


def test_words_that_stand_elsewhere_too_are_anchored_where_they_are_suggested(newsroom):
    text = "It cost 5 euros in 2020. He said so: It cost 5 euros in 2020. 他说：It cost 5 euros in 2020."
    source = newsroom.source(text=text)
    for item in items(newsroom, source):
        place = {"source": source["id"], "quote": item["quote"]}
        path = newsroom.claim(text="It was cheap.", appearances=[place], allow_duplicate=True)
        shown = newsroom.call("GET", path, "con").json["appearances"][0]["quote"]
        assert shown == item["quote"]


def test_it_names_the_claims_that_quote_it_already(newsroom):
    source = newsroom.source(text=TEXT)
    assert [item["claims"] for item in items(newsroom, source)] == [[], [], []]
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    across = {"source": source["id"], "quote": {"exact": "leaving. Officials in Moscow"}}
    first = newsroom.claim(text="They leave.", appearances=[place]).rpartition("/")[2]
    second = newsroom.claim(text="They go.", appearances=[across]).rpartition("/")[2]
    other = newsroom.source(text=TEXT, url=None)
    newsroom.claim(text="Elsewhere.", appearances=[{**place, "source": other["id"]}])
    newsroom.claim(text="Unquoted.", appearances=[{"source": source["id"]}])
    by_start = sorted(items(newsroom, source), key=lambda item: item["quote"]["start"])
    assert [item["claims"] for item in by_start] == [[second], sorted([first, second]), []]


def test_a_quote_that_only_touches_a_sentence_does_not_count(newsroom):
    source = newsroom.source(text="It cost 5 euros.It is so\nHe paid 7 euros in May.")
    place = {"source": source["id"], "quote": {"exact": "It is so\n"}}
    newsroom.claim(text="So.", appearances=[place])
    place["quote"] = {"exact": "\nHe paid"}
    after = newsroom.claim(text="He paid.", appearances=[place]).rpartition("/")[2]
    last = max(items(newsroom, source), key=lambda item: item["quote"]["start"])
    assert last["quote"]["exact"].startswith("He paid")
    assert last["claims"] == [after]
    source = newsroom.source(text="In May it cost 5 euros.\nHe paid 7 euros.", url=None)
    newsroom.claim(text="Paid.", appearances=[{**place, "source": source["id"]}])
    first = min(items(newsroom, source), key=lambda item: item["quote"]["start"])
    assert first["claims"] == []


def test_pages_show_each_once_in_order(newsroom):
    text = " ".join(f"In 19{n} it cost {n} euros." for n in range(10, 60)) + " It is fine, really."
    source = newsroom.source(text=text)
    whole = items(newsroom, source, limit=200)
    assert len(whole) == 51
    assert len(items(newsroom, source)) == DEFAULT_LIMIT
    for limit in (1, 7, 50):
        assert [item for page in pages(newsroom, source, limit=limit) for item in page] == whole
    ranks = [(-item["score"], item["quote"]["start"]) for item in whole]
    assert ranks == sorted(ranks)


def test_min_score(newsroom, article):
    whole = items(newsroom, article)
    least = whole[1]["score"]
    assert items(newsroom, article, min_score=least) == whole[:2]
    assert items(newsroom, article, min_score=0) == whole
    assert items(newsroom, article, min_score=1) == [item for item in whole if item["score"] == 1]
    paged = list(pages(newsroom, article, min_score=least, limit=1))
    assert [item for page in paged for item in page] == whole[:2]


@pytest.mark.parametrize(
    "value", ["-0.1", "1.1", "nan", "inf", "1e-3", "0_1", "٠", "", "high", "0x1"]
)
def test_a_min_score_must_be_a_share(newsroom, article, value):
    answer = read(newsroom, article, min_score=value, status=422)
    assert check_problem(answer, 422)["errors"][0]["pointer"] == "/min_score"


def test_cursors_of_another_text_or_score_are_refused(newsroom, article):
    following = read(newsroom, article, limit=1).json["next"]
    other = newsroom.source(text=ARTICLE, url=None)
    for source, query in ((other, {}), (article, {"min_score": 0.1}), (article, {"cursor": "x"})):
        read(newsroom, source, status=400, **{"limit": 1, "cursor": following, **query})


def test_a_source_without_text_has_none(newsroom):
    sent = {"desk": "border-desk", "url": "https://news.example/unread"}
    source = newsroom.call("POST", "/v1/sources", "con", json=sent, status=201).json
    assert read(newsroom, source).json == {"items": [], "next": None}


def test_who_may_read_the_source_may_ask(newsroom, article):
    read(newsroom, article, "cas_con")
    for who, status in ((None, 401), ("out", 404), ("op", 404)):
        check_problem(read(newsroom, article, who, status), status)
    absent = {"id": str(UUID(int=7))}
    read(newsroom, absent, status=404)


def test_the_number_of_queries_does_not_grow(newsroom, article, count_queries):
    read(newsroom, article)
    for quote in [item["quote"] for item in items(newsroom, article)]:
        place = {"source": article["id"], "quote": quote}
        newsroom.claim(text=quote["exact"], appearances=[place, place])
    with count_queries() as queries:
        assert all(item["claims"] for item in items(newsroom, article))
    assert len(queries) == 3  # the token, the text, the quotes


def test_the_beginning_of_a_huge_text_is_looked_at_quickly(newsroom):
    fact = (
        "In 2021 Norland sold {:,} tonnes of wheat to Ordan for 4 million euros, the mayor said. "
    )
    text = "".join(fact.format(n) for n in range(20_000))
    source = newsroom.source(text=text)
    started = time.process_time()
    found = items(newsroom, source, limit=200)
    assert time.process_time() - started < 2
    assert len(found) == 200
    offered = list(suggest(text))
    assert LOOKED_AT - 200 < offered[-1].end < LOOKED_AT
    assert text[offered[-1].end - 1] == "."


def test_what_is_looked_at_is_bounded():
    many = "\n".join(f"It cost {n} euros." for n in range(3 * MOST_SENTENCES))
    assert len(list(suggest(many))) == MOST_SENTENCES
    longest = "In 2020 it " + "a" * (LONGEST - 12) + "."
    assert len(list(suggest(longest))) == 1
    assert list(suggest(longest.replace("aa", "aaa", 1))) == []
