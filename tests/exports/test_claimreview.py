"""ClaimReview: either valid by rules it does not know, or faults that say what to mend."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given

from verifier.exports.claimreview import NOT_IN_FORCE, review
from verifier.exports.records import ClaimRecord

from .claimreview_rules import problems
from .samples import (
    CLAIM_ID,
    CORRECTION,
    PUBLIC_URL,
    any_records,
    appearance,
    record,
    sound_records,
    verdict,
)


def exported(claim: ClaimRecord) -> dict[str, Any]:
    result = review(claim, public_url=PUBLIC_URL)
    assert result.faults == []
    assert result.document is not None
    assert problems(result.document) == []
    return result.document


def pointers(claim: ClaimRecord) -> list[str]:
    result = review(claim, public_url=PUBLIC_URL)
    assert result.document is None
    assert all(fault.detail.endswith(".") for fault in result.faults)
    return [fault.pointer for fault in result.faults]


def test_the_whole_document() -> None:
    claim = record(
        verdict=verdict(correction=CORRECTION),
        appearances=[appearance(first=False, url="https://blog.example.net/1"), appearance()],
    )
    work = {
        "@type": "CreativeWork",
        "url": "https://herald.example.com/karabakh-troops",
        "headline": "Peacekeepers leave a year early",
        "publisher": {"@type": "Organization", "name": "The Example Herald"},
        "datePublished": "2024-06-13T08:00:00Z",
    }
    assert exported(claim) == {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": f"{PUBLIC_URL}/factchecks/{CLAIM_ID}",
        "claimReviewed": "Russia withdrew its troops from Azerbaijan before the 2025 deadline.",
        "datePublished": "2026-11-20T09:30:00Z",
        "dateModified": "2026-11-20T09:30:00Z",
        "inLanguage": "en",
        "author": {
            "@type": "Organization",
            "name": "Caspian Check",
            "url": "https://caspian.example.org/",
        },
        "reviewRating": {
            "@type": "Rating",
            "alternateName": "Mostly true",
            "ratingValue": 5,
            "bestRating": 6,
            "worstRating": 1,
            "ratingExplanation": "The last convoy left in June 2024;"
            " the mandate ran to November 2025.",
        },
        "itemReviewed": {
            "@type": "Claim",
            "author": {
                "@type": "Person",
                "name": "Rauf Sample",
                "sameAs": "https://people.example.com/rauf",
            },
            "datePublished": "2024-06-12",
            "firstAppearance": work,
            "appearance": [work | {"url": "https://blog.example.net/1"}],
        },
        "correction": {
            "@type": "CorrectionComment",
            "text": "The convoy left on 12 June, not on 21 June.",
            "datePublished": "2026-11-20T09:30:00Z",
        },
    }


def test_a_rating_without_a_value_has_no_numbers() -> None:
    document = exported(record(verdict=verdict(rating_label="Unverifiable", value=None)))
    assert document["reviewRating"].keys() == {"@type", "alternateName", "ratingExplanation"}


def test_nothing_known_is_nothing_said() -> None:
    bare = record(claimant=None, claimed_on=None, appearances=[], verdict=verdict(summary=""))
    document = exported(bare)
    assert document["itemReviewed"] == {"@type": "Claim"}
    assert "ratingExplanation" not in document["reviewRating"]


def test_an_imported_verdict_is_signed_by_its_own_publisher() -> None:
    theirs = verdict(
        origin="imported",
        publisher="Zagros Facts",
        url="https://zagros.example.com/check/7",
        published_at="2024-07-01T00:00:00Z",
    )
    document = exported(record(verdict=theirs))
    assert document["author"] == {"@type": "Organization", "name": "Zagros Facts"}
    assert document["url"] == "https://zagros.example.com/check/7"
    assert document["dateModified"] == "2024-07-01T00:00:00Z"


def test_a_correction_keeps_the_date_of_the_first_publication() -> None:
    corrected = verdict(first_published_at="2026-11-01T00:00:00Z", correction=CORRECTION)
    document = exported(record(verdict=corrected))
    assert document["datePublished"] == "2026-11-01T00:00:00Z"
    assert document["dateModified"] == "2026-11-20T09:30:00Z"


@pytest.mark.parametrize(
    ("kind", "kind_told"),
    [("person", "Person"), ("organization", "Organization"), (None, "Person")],
)
def test_the_claimants_kind(kind: str | None, kind_told: str) -> None:
    claimant = {"name": "Somebody", "kind": kind, "same_as": None}
    author = exported(record(claimant=claimant))["itemReviewed"]["author"]
    assert author == {"@type": kind_told, "name": "Somebody"}


def test_right_to_left_text_stays_as_it_is() -> None:
    text = "الروس غادروا أذربيجان قبل موعد ٢٠٢٥ — \u200f(حسب الوزارة)"
    assert exported(record(text=text))["claimReviewed"] == text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"url": None}, {"headline", "publisher", "datePublished"}),  # described, not linked
        ({"title": None, "publisher": None, "published_at": None}, {"url"}),
        ({"url": None, "title": " "}, None),  # names nothing: left out
    ],
)
def test_a_source_without_an_address(changes: dict[str, Any], told: set[str] | None) -> None:
    claim = exported(record(appearances=[appearance(**changes)]))["itemReviewed"]
    assert claim.get("firstAppearance", {}).keys() - {"@type"} == (told or set())
    assert ("firstAppearance" in claim) == (told is not None)


def test_the_public_url_may_end_in_a_slash() -> None:
    document = review(record(), public_url=PUBLIC_URL + "/").document
    assert document is not None
    assert document["url"] == f"{PUBLIC_URL}/factchecks/{CLAIM_ID}"


@pytest.mark.parametrize("missing", [None, verdict(state="draft"), verdict(state="retracted")])
def test_without_a_verdict_in_force_there_is_no_review(missing: object) -> None:
    assert review(record(verdict=missing), public_url=PUBLIC_URL) == (None, [NOT_IN_FORCE])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"url": "/checks/7"}, "/url"),
        ({"url": "ftp://a.example/7"}, "/url"),
        ({"url": "https://a b.example/"}, "/url"),
        ({"url": "https://a.example:99999/"}, "/url"),
        ({"published_at": None}, "/datePublished"),
        ({"rating_label": ""}, "/reviewRating/alternateName"),
        ({"rating_label": " \n"}, "/reviewRating/alternateName"),
        ({"worst": 0}, "/reviewRating/worstRating"),
        ({"value": 7}, "/reviewRating/ratingValue"),
        ({"value": 0}, "/reviewRating/ratingValue"),
        ({"value": 3, "best": 3, "worst": 3}, "/reviewRating/bestRating"),
        ({"language": "English (US)"}, "/inLanguage"),
        ({"origin": "imported", "publisher": None}, "/author/name"),
        ({"correction": CORRECTION | {"note": ""}}, "/correction/text"),
    ],
)
def test_what_is_wrong_with_a_verdict(changes: dict[str, object], pointer: str) -> None:
    assert pointers(record(verdict=verdict(**changes))) == [pointer]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"text": " "}, "/claimReviewed"),
        ({"claimed_on": "2024-06-31"}, "/itemReviewed/datePublished"),
        ({"claimed_on": "2024-06"}, "/itemReviewed/datePublished"),
        (
            {"claimant": {"name": "R", "kind": None, "same_as": "example.com"}},
            "/itemReviewed/author/sameAs",
        ),
        (
            {"desk": {"slug": "x", "name": "X", "url": "x.example", "language": "en"}},
            "/author/url",
        ),
        ({"appearances": [appearance(url="file:///x")]}, "/itemReviewed/firstAppearance/url"),
        (
            {"appearances": [appearance(first=False), appearance(first=False, url="x")]},
            "/itemReviewed/appearance/1/url",
        ),
        (
            {"appearances": [appearance(published_at="June")]},
            "/itemReviewed/firstAppearance/datePublished",
        ),
    ],
)
def test_what_is_wrong_with_a_claim(changes: dict[str, object], pointer: str) -> None:
    assert pointers(record(**changes)) == [pointer]


def test_all_faults_are_told_at_once() -> None:
    broken = record(text="", verdict=verdict(url="x", rating_label="", value=9))
    assert set(pointers(broken)) == {
        "/claimReviewed",
        "/url",
        "/reviewRating/alternateName",
        "/reviewRating/ratingValue",
    }


@given(any_records)
def test_a_record_is_exported_validly_or_not_at_all(claim: ClaimRecord) -> None:
    untouched = deepcopy(claim)
    document, faults = review(claim, public_url=PUBLIC_URL)
    assert (document is None) == bool(faults)
    assert document is None or problems(document) == []
    assert claim == untouched


@given(sound_records)
def test_a_sound_record_has_no_faults(claim: ClaimRecord) -> None:
    exported(claim)
