"""Has this been checked before? Claims found by what they say, however it is worded."""

from __future__ import annotations

from sqlalchemy import func, select

from tests.search.phrasings import CLAIMS, NEAR_MISSES, PHRASINGS
from verifier.kit.jobs import Job
from verifier.search.embedding import EMBED

CLAIM = "Moscow assured Baku that its troops could leave before the 2025 deadline."


def asked(room, text, who="con", **members):
    sent = {"text": text, **members}
    return room.call("POST", "/v1/matches", who, json=sent, status=200).json["items"]


def test_a_tweet_finds_the_claim(newsroom):
    path = newsroom.claim(text=CLAIM)
    newsroom.claim(text="Bread has become twice as dear in a year.")
    best, *rest = asked(
        newsroom,
        "So Moscow ASSURED Baku?! #TroopsLeave before the deadline of 2025 😮 https://t.co/x",
    )
    assert best["claim"]["id"] in path
    assert best["method"] == "lexical"
    assert "deadline" in best["why"]["shared"]
    assert not rest


def test_every_phrasing_finds_its_claim_and_near_misses_score_less(newsroom):
    ids = {name: newsroom.claim(text=text)[-36:] for name, text in CLAIMS.items()}
    for text in (
        "Troops of Chad left Mali before the deadline.",
        "Bread costs twice as much as in 2023.",
        "Georgia left the talks in Baku.",
    ):
        newsroom.claim(text=text)
    scores = {}
    for name, phrasings in PHRASINGS.items():
        for text in phrasings:
            best = asked(newsroom, text)[0]
            assert best["claim"]["id"] == ids[name], text
            scores[name] = min(scores.get(name, 1), best["score"])
    for name, text in NEAR_MISSES:
        near = {item["claim"]["id"]: item for item in asked(newsroom, text)}[ids[name]]
        assert near["score"] < scores[name] - 0.2, text
        assert near["why"]["contradictions"], text


def test_what_is_written_without_spaces_is_matched(newsroom):
    path = newsroom.claim(text="俄罗斯军队将在2025年之前撤出阿塞拜疆。", language="zh")
    newsroom.claim(text="面包的价格涨了一倍。", language="zh")
    best, *_ = asked(newsroom, "俄军撤出阿塞拜疆？2025年之前！", language="zh")
    assert best["claim"]["id"] in path


def test_claims_that_are_nearly_the_same_do_not_hide_one_another(newsroom):
    for n in range(8):
        newsroom.claim(text=f"{CLAIM[:-1]}, said source {n}.")
    assert all(item["score"] > 0.8 for item in asked(newsroom, CLAIM))


def test_only_what_one_may_see_is_matched(newsroom):
    hidden = newsroom.claim(text=CLAIM)
    shown = newsroom.claim(text=f"{CLAIM} Allegedly.", accepted=True)
    newsroom.published(shown)
    for who, paths in (
        ("con", {hidden, shown}),
        ("cas", {hidden, shown}),
        ("out", {shown}),
        (None, {shown}),
    ):
        for desk in ({}, {"desk": "border-desk"}):
            found = {
                f"/v1/claims/{item['claim']['id']}" for item in asked(newsroom, CLAIM, who, **desk)
            }
            assert found == paths, (who, desk)
    assert asked(newsroom, CLAIM, desk="caspian-check") == []
    assert asked(newsroom, CLAIM, desk="nobody-here") == []


def test_posts_with_hidden_marks_and_without_words_are_taken(newsroom):
    newsroom.claim(text=CLAIM)
    assert asked(newsroom, f"\u2066{CLAIM}\u2069\u202e")[0]["score"] > 0.8
    for text in ("😮😮", "?!", "the of and", "https://t.co/abc", "x" * 5000, "a " * 2500):
        asked(newsroom, text)


def test_without_a_model_nothing_is_asked_of_one(newsroom, database):
    newsroom.claim(text=CLAIM)
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Job.kind == EMBED)) == 0


def test_claims_without_a_word_in_common_are_no_match(newsroom):
    newsroom.claim(text=CLAIM)
    assert asked(newsroom, "Bread costs twice as much.") == []


def test_as_many_as_are_wanted(newsroom):
    for n in range(5):
        newsroom.claim(text=f"Moscow said number {n}.")
    assert len(asked(newsroom, "Moscow said so", limit=3)) == 3
    for limit in (0, 51, "x"):
        sent = {"text": "Moscow", "limit": limit}
        newsroom.call("POST", "/v1/matches", "con", json=sent, status=422)
