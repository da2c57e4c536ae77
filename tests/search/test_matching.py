"""Has this been checked before? Claims found by what they say, however it is worded."""

from __future__ import annotations

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
