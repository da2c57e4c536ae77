"""Replacing a desk's rating scale: open verdicts go with it, what is published keeps its own."""

import pytest

SCALE = "/v1/desks/border-desk/rating-scale"


def rating(slug, value, normalised="mixed", **label):
    return {
        "slug": slug, "label": label or {"en": slug}, "value": value, "normalised": normalised,
    }  # fmt: skip


STARS = [
    rating("three", 3, "true", en="Three stars", az="Üç ulduz"),
    rating("two", 2),
    rating("one", 1, "false"),
    rating("unverifiable", None, "other"),
]
STARS_FOR = {"mostly-true": "three", "half-true": "two", "false": "one"}


def put(newsroom, ratings=STARS, who="ann", status=200, etag=None, **members):
    etag = etag or newsroom.call("GET", SCALE, "ann").headers["ETag"]
    sent = {"ratings": ratings, **members}
    return newsroom.call("PUT", SCALE, who, etag=etag, json=sent, status=status)


def test_a_scale_is_replaced_as_a_whole_and_gets_a_version(newsroom):
    first = newsroom.call("GET", SCALE, "con", status=200).json
    assert first["version"] == 1
    assert [each["slug"] for each in first["ratings"]] == [
        "true", "mostly-true", "half-true", "misleading", "mostly-false", "false",
        "unverifiable", "satire",
    ]  # fmt: skip
    second = put(newsroom).json
    assert second["version"] == 2
    assert [(each["slug"], each["value"]) for each in second["ratings"]] == [
        ("three", 3), ("two", 2), ("one", 1), ("unverifiable", None),
    ]  # fmt: skip
    assert newsroom.call("GET", SCALE, "cas_con").json == second
    assert newsroom.call("GET", "/v1/desks/border-desk", "con").json["rating_scale"] == second


def test_verdicts_are_rated_on_the_scale_as_it_is(newsroom):
    put(newsroom)
    claim = newsroom.claim(accepted=True, language="az")
    newsroom.verdict(claim, rating="mostly-true", status=422)
    three = newsroom.call("GET", newsroom.verdict(claim, rating="three"), "rev").json
    shown = {name: three[name] for name in ("label", "value", "worst", "best", "normalised")}
    assert shown == {
        "label": "Üç ulduz", "value": 3, "worst": 1, "best": 3, "normalised": "true",
    }  # fmt: skip


@pytest.mark.parametrize("state", ["draft", "proposed", "approved", "published"])
def test_a_rating_in_use_is_not_dropped_without_a_successor(newsroom, state):
    newsroom.verdict_in(state)
    refused = put(newsroom, status=409).json
    assert refused["type"].endswith("/problems/rating-in-use")
    assert "mostly-true" in refused["detail"]
    put(newsroom, status=409, replacements={"half-true": "two"})
    assert newsroom.call("GET", SCALE, "ann").json["version"] == 1
    put(newsroom, replacements={"mostly-true": "three"})


@pytest.mark.parametrize("state", ["withdrawn", "retracted"])
def test_what_is_no_longer_worked_on_or_in_force_holds_nothing_up(newsroom, state):
    verdict = newsroom.verdict_in(state)
    assert put(newsroom).json["version"] == 2
    shown = newsroom.call("GET", verdict, "rev", status=200).json
    assert (shown["rating"], shown["label"], shown["best"]) == ("mostly-true", "Mostly true", 6)


def test_open_verdicts_are_carried_over_and_their_approvals_lapse(newsroom):
    newsroom.set_policy(approvals_required=2)
    half = newsroom.verdict_in("proposed")
    newsroom.act(half, "rev2", "approve")
    newsroom.set_policy(approvals_required=1)
    paths = {state: newsroom.verdict_in(state) for state in ("draft", "proposed", "approved")}
    kept = newsroom.verdict_in("approved", rating="unverifiable")
    put(newsroom, replacements={"mostly-true": "three"})

    after = {"draft": "draft", "proposed": "proposed", "approved": "proposed"}
    for before, path in paths.items():
        shown = newsroom.call("GET", path, "rev").json
        carried = (shown["state"], shown["rating"], shown["label"], shown["best"])
        assert carried == (after[before], "three", "Three stars", 3)
        assert [review["counts"] for review in shown["reviews"]] == [False] * len(shown["reviews"])
    newsroom.act(half, "ed", "approve")
    assert newsroom.call("GET", half, "ed").json["state"] == "approved"
    assert newsroom.call("GET", kept, "ed").json["state"] == "approved"
    newsroom.act(kept, "ed", "publish")


def test_what_is_published_keeps_the_scale_it_was_published_under(newsroom):
    claim, verdict = newsroom.published()
    places = (verdict, claim, f"{claim}/claimreview")
    before = [newsroom.call("GET", place).json for place in places]
    put(newsroom, replacements={"mostly-true": "three"})
    assert [newsroom.call("GET", place).json for place in places] == before
    assert before[0]["value"] == 5

    found = newsroom.call("GET", "/v1/claims?rating=three").json["items"]
    assert [item["id"] for item in found] == [before[1]["id"]]


def test_an_invalid_scale_is_refused_with_pointers(newsroom):
    newsroom.verdict_in("approved", rating="false")
    two, one = STARS[1:3]
    wrong = [
        ({"ratings": []}, ["/ratings"]),
        ({"ratings": [two, one, two]}, ["/ratings/2/slug"]),
        ({"ratings": [two, {**one, "label": {}}]}, ["/ratings/1/label"]),
        ({"ratings": [two, {**one, "value": 0}]}, ["/ratings/1/value"]),
        ({"ratings": [two, {**one, "value": "1"}]}, ["/ratings/1/value"]),
        ({"ratings": [two, {**one, "normalised": "maybe"}]}, ["/ratings/1/normalised"]),
        ({"ratings": [two, rating("second", 2)]}, ["/ratings"]),
        ({"ratings": [two, one], "version": 7}, ["/version"]),
        ({"ratings": STARS, "replacements": {"false": "zero"}}, ["/replacements/false"]),
        # A rating that stays, or that never was, has no successor.
        (
            {"ratings": STARS, "replacements": {"false": "one", "unverifiable": "one"}},
            ["/replacements/unverifiable"],
        ),
        (
            {"ratings": STARS, "replacements": {"false": "one", "fasle": "one"}},
            ["/replacements/fasle"],
        ),
    ]
    for sent, pointers in wrong:
        answer = newsroom.call("PUT", SCALE, "ann", etag="*", json=sent, status=422)
        assert [fault["pointer"] for fault in answer.json["errors"]] == pointers
    assert newsroom.call("GET", SCALE, "ann").json["version"] == 1


def test_a_scale_is_the_admins_and_needs_the_version_that_was_read(newsroom):
    stale = newsroom.call("GET", SCALE, "ann").headers["ETag"]
    for who, status in {None: 401, "con": 403, "ed": 403, "cas_ann": 403, "out": 404}.items():
        put(newsroom, who=who, etag=stale, status=status)
    put(newsroom, etag=stale)
    put(newsroom, etag=stale, status=412)
    newsroom.call("PUT", SCALE, "ann", json={"ratings": STARS}, status=428)
