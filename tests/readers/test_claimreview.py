"""ClaimReview as it is found: every oddity is read, and what was mended is told."""

import json
from datetime import UTC, date, datetime

import pytest

from tests.readers.files import claim, one, read, review, told
from verifier.readers.records import GivenClaimant, GivenRating

FEED = "https://schema.org"


def item(**changes):
    return review()["itemReviewed"] | changes


def places(**changes):
    given = claim(review(itemReviewed=item(**changes)))
    return [(place.source.url, place.first) for place in given.appearances]


def test_a_sound_one_needs_no_repair():
    row = one(review())
    assert row.repairs == ()
    given = row.given
    assert given.text == "The new bridge was closed within a week."
    assert given.claimant == GivenClaimant("Aysel Sample", "person")
    assert given.claimed_on == date(2026, 3, 1)
    verdict = given.verdict
    assert verdict.rating == GivenRating("False", 1, 5, 1)
    assert (verdict.publisher, verdict.publisher_url) == ("Zagros Facts", "https://zagros.example")
    assert verdict.published_at == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert verdict.url == "https://zagros.example/checks/bridge"
    assert json.loads(row.raw) == review()


@pytest.mark.parametrize(
    ("content", "pointers"),
    [
        (review(), [""]),
        ([review(), review()], ["/0", "/1"]),
        ({"@context": FEED, "@graph": [{"@type": "WebPage"}, review()]}, ["/@graph/1"]),
        ([{"@graph": [review()]}], ["/0/@graph/0"]),
        ({"@type": "NewsArticle", "review": [review(), review()]}, ["/review/0", "/review/1"]),
        ({"dataFeedElement": [{"item": [review(), review()]}]}, ["/dataFeedElement/0/item/0", "/dataFeedElement/0/item/1"]),
        # Nothing where an item was: what was deleted, or is still empty.
        ({"dataFeedElement": [{"item": None}, None, {"item": []}, {"item": [None]}, {"item": review()}]}, ["/dataFeedElement/4/item"]),
        ({"dataFeedElement": [review()], "@type": "DataFeed"}, ["/dataFeedElement/0"]),
    ],
)  # fmt: skip
def test_it_is_found_wherever_it_stands(content, pointers):
    found = read(content)
    assert [row.pointer for row in found] == pointers
    assert all(json.loads(row.raw) == review() for row in found)
    assert all(row.given == one(review()).given for row in found)


def test_the_original_is_the_text_as_it_was_written():
    text = (
        '{"claimReviewed" : "caf\\u00e9", "@type":"ClaimReview",\n "url" : "https://a.example/1"}'
    )
    assert read(f'{{"dataFeedElement": [{{"item": [ {text} ]}}]}}')[0].raw == text


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": "http://schema.org/"},
        {"@context": None},
        {"@type": ["Review", "ClaimReview"]},
        {"@type": "http://schema.org/ClaimReview"},
        {"@type": None, "type": "ClaimReview"},
        {"@type": None},  # claimReviewed says what it is
    ],
)
def test_types_have_many_spellings(changes):
    assert one(review(**changes)).given == one(review()).given


def test_members_may_be_nested_under_properties_or_spelled_out():
    sound = review()
    rating = sound.pop("reviewRating")
    kind = sound.pop("@type")
    nested = {
        "type": kind,
        "properties": {**sound, "reviewRating": {"type": "Rating", "properties": rating}},
    }
    assert one(nested).given == one(review()).given
    spelled = {
        name if name[0] == "@" else f"http://schema.org/{name}": [value]
        for name, value in review().items()
    }
    assert one(spelled).given == one(review()).given
    faulty = {"type": kind, "properties": {**sound, "datePublished": "soon"}}
    assert "/properties/datePublished" in told(
        one(faulty | {"properties": {**faulty["properties"], "reviewRating": rating}})
    )


@pytest.mark.parametrize(
    ("appearance", "expected"),
    [
        ("https://a.example/1", ["https://a.example/1"]),
        ({"url": "https://a.example/1"}, ["https://a.example/1"]),
        ({"@id": "https://a.example/1"}, ["https://a.example/1"]),
        (["https://a.example/1", {"url": "https://a.example/2"}, None], ["https://a.example/1", "https://a.example/2"]),
        ("https://a.example/1,https://a.example/2", ["https://a.example/1", "https://a.example/2"]),
        ("https://a.example/1 https://a.example/2", ["https://a.example/1", "https://a.example/2"]),
        ("https://a.example/1 and https://a.example/2", ["https://a.example/1", "https://a.example/2"]),
        ("https://a.example/1, and www.a.example/2", ["https://a.example/1", "https://www.a.example/2"]),
        ({"url": "https://a.example/1; https://a.example/2"}, ["https://a.example/1", "https://a.example/2"]),
        # An address inside another one belongs to it.
        ("https://archive.example/web/2026/https://a.example/1", ["https://archive.example/web/2026/https://a.example/1"]),
        (["https://a.example/1", "https://a.example/1"], ["https://a.example/1"]),
        ("a speech in parliament", []),
        (7, []),
        ([[]], []),
    ],
)  # fmt: skip
def test_appearances_in_any_spelling(appearance, expected):
    assert places(appearance=appearance) == [(url, False) for url in expected]


def test_the_first_appearance_is_one():
    first = places(
        firstAppearance="https://a.example/1",
        appearance=["https://a.example/1", "https://a.example/2"],
    )
    assert first == [("https://a.example/1", True), ("https://a.example/2", False)]


def test_an_appearance_is_a_source_with_what_is_said_of_it():
    work = {"url": "https://a.example/1", "headline": "Bridge &amp; road", "author": {"name": "B"}, "publisher": "C", "datePublished": "2026-01-02"}  # fmt: skip
    (place,) = claim(review(itemReviewed=item(appearance=work))).appearances
    source = place.source
    assert (source.title, source.author, source.publisher) == ("Bridge & road", "B", "C")
    assert source.published_at == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_creative_work_is_where_the_claim_was_made_and_its_name_is_no_claim():
    work = {
        "@type": "CreativeWork",
        "name": "A speech",
        "url": "https://a.example/1",
        "author": "Aysel",
    }
    row = one(review(itemReviewed=[work]))
    assert [place.source.url for place in row.given.appearances] == ["https://a.example/1"]
    assert row.given.claimant == GivenClaimant("Aysel")
    assert one(review(claimReviewed=None, itemReviewed=work, url=None)).refused != ()


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"@type": "Person", "name": "A", "sameAs": "https://a.example/"}, GivenClaimant("A", "person", "https://a.example/")),
        ({"@type": ["Organization"], "name": ["A", "B"]}, GivenClaimant("A", "organization")),
        ({"type": "NewsMediaOrganization", "name": "A", "sameAs": ["", "x y", "www.a.example"]}, GivenClaimant("A", "organization", "https://www.a.example")),
        ([{"name": "A", "url": "https://a.example/"}, {"name": "B"}], GivenClaimant("A", None, "https://a.example/")),
        ("A", GivenClaimant("A")),
        ({"name": {"@value": "A"}}, GivenClaimant("A")),
        ({"url": "https://a.example/"}, None),
        ("", None),
        ([], None),
    ],
)  # fmt: skip
def test_claimants_in_any_shape(author, expected):
    assert claim(review(itemReviewed=item(author=author))).claimant == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Zagros Facts", "Zagros Facts"),
        ([{"name": "Zagros Facts"}, {"name": "B"}], "Zagros Facts"),
        ({"url": "https://www.zagros.example/"}, "zagros.example"),
        ({"@type": "Organization"}, "zagros.example"),  # by the review's own address
        (None, "zagros.example"),
    ],
)
def test_publishers_in_any_shape(author, expected):
    assert claim(review(author=author)).verdict.publisher == expected


@pytest.mark.parametrize(
    ("rating", "label"),
    [
        ({"alternateName": "Half true"}, "Half true"),
        ({"alternateName": {"@value": "Half true"}}, "Half true"),
        ({"alternateName": ["Half true", "Mixed"]}, "Half true"),
        ({"alternateName": {"@language": "en", "@value": "Half true"}}, "Half true"),
        ({"alternateName": {"az": "Yarımçıq", "en": "Half true"}}, "Half true"),
        ({"alternateName": {"az": "Yarımçıq"}}, "Yarımçıq"),
        ({"name": "Half true"}, "Half true"),
        ({"ratingValue": "Half true"}, "Half true"),
        ("Half true", "Half true"),
        ([{"alternateName": "Half true"}], "Half true"),
        ({"alternateName": "<b>Half&nbsp;true</b>"}, "Half\u00a0true"),
        ({"ratingValue": 3}, "3"),
    ],
)
def test_ratings_in_any_shape(rating, label):
    assert claim(review(reviewRating=rating)).verdict.rating.label == label


@pytest.mark.parametrize("rating", [None, {}, "", {"alternateName": " "}, {"bestRating": 5}])
def test_without_a_rating_the_claim_is_taken_alone(rating):
    row = one(review(reviewRating=rating))
    assert row.given.verdict is None
    assert "no verdict" in told(row)["/reviewRating"]


@pytest.mark.parametrize(
    ("value", "best", "worst", "kept"),
    [("1", "5", "1", (1, 5, 1)), (1.0, 5, None, (1, 5, 1)), (-1, -1, -1, None), ("-1", -1, "-1.0", None), (6, 5, 1, None), (5, 1, 5, None)],
)  # fmt: skip
def test_numbers_of_a_rating(value, best, worst, kept):
    rating = {"alternateName": "So", "ratingValue": value, "bestRating": best, "worstRating": worst}
    row = one(review(reviewRating=rating))
    assert row.given.verdict.rating == GivenRating("So", *(kept or ()))
    assert ("/reviewRating" in told(row)) == (kept is None)


@pytest.mark.parametrize("member", ["text", "name", "headline", "description"])
def test_the_claim_may_stand_with_what_is_reviewed(member):
    row = one(review(claimReviewed="", itemReviewed=item(**{member: "The dam is safe."})))
    assert row.given.text == "The dam is safe."
    assert row.given.verdict is not None
    assert f"/itemReviewed/{member}" in told(row)


@pytest.mark.parametrize(
    ("changes", "text", "pointer"),
    [
        ({"headline": "No, the dam is not safe"}, "No, the dam is not safe", "/headline"),
        (
            {"url": "https://a.example/checks/no-the-dam-is-not-safe/"},
            "no the dam is not safe",
            "/url",
        ),
    ],
)
def test_what_stands_in_for_the_claim_is_not_rated(changes, text, pointer):
    """A headline tells what was found: rated as the claim was, it would say the opposite."""
    row = one(review(claimReviewed=None, **changes))
    assert row.given.text == text
    assert row.given.verdict is None
    assert "rating is not taken" in told(row)[pointer]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("www.zagros.example/checks/7", "https://www.zagros.example/checks/7"),
        ("//zagros.example/checks/7", "https://zagros.example/checks/7"),
        ("/checks/7", "https://zagros.example/checks/7"),  # from the author's site
        (" https://zagros.example/\nchecks/7 ", "https://zagros.example/checks/7"),
        ("https://zagros.example/a b", "https://zagros.example/a%20b"),
        ("checks/7", None),
        ("javascript:alert(1)", None),
        ("https://name:secret@zagros.example/", None),
        ("https://zagros.example/" + "x" * 3000, None),
        ({"@id": "https://zagros.example/7"}, "https://zagros.example/7"),
    ],
)
def test_addresses_of_the_review(url, expected):
    assert claim(review(url=url)).verdict.url == expected


def test_the_address_may_stand_elsewhere():
    row = one(review(url=None, mainEntityOfPage={"@id": "https://zagros.example/7"}))
    assert row.given.verdict.url == "https://zagros.example/7"
    assert "url is missing" in told(row)["/mainEntityOfPage"]


def test_html_in_texts_is_left_out():
    row = one(review(claimReviewed="<p>The dam &amp; the <b>bridge</b><br>3 < 4 and x<y</p>"))
    assert row.given.text == "The dam & the bridge\n3 < 4 and x<y"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en_US", "en-US"), (["pt-BR", "en"], "pt-BR"), ({"@type": "Language", "name": "English", "alternateName": "en"}, "en"), ("English", None), ("", None)],
)  # fmt: skip
def test_languages_in_any_shape(language, expected):
    given = claim(review(inLanguage=language))
    assert (given.language, given.verdict.language) == (expected, expected)


def test_keywords_are_topics():
    given = claim(
        review(keywords="water, dams,, water", itemReviewed=item(keywords=[{"name": "towns"}]))
    )
    assert given.topics == ("water", "dams", "towns")


def test_the_texts_of_a_review():
    rating = review()["reviewRating"] | {"ratingExplanation": "Never closed."}
    verdict = claim(
        review(headline="The bridge", reviewRating=rating, reviewBody="All of it.")
    ).verdict
    assert (verdict.title, verdict.summary, verdict.explanation) == (
        "The bridge",
        "Never closed.",
        "All of it.",
    )


def test_another_date_stands_for_a_missing_one():
    row = one(review(datePublished=None, dateModified="2026-03-05"))
    assert row.given.verdict.published_at == datetime(2026, 3, 5, tzinfo=UTC)
    assert "/dateModified" in told(row)


@pytest.mark.parametrize(
    "broken", ["{", '{"@type" "ClaimReview"}', "nonsense", '"text"', '{"name": 1e999}']
)
def test_one_broken_element_costs_one_row(broken):
    sound = json.dumps(review())
    first, refused, *_ = read(f"[{sound},\n{broken},\n{sound}]")
    assert first.given is not None
    assert refused.line == 2
    assert refused.refused


def test_a_file_that_breaks_off_says_so_at_its_end():
    first, last = read(f'{{"@graph": [{json.dumps(review())}, {{"@type": "Claim')
    assert first.given is not None
    assert "ends in the middle" in last.refused[0].detail


def test_an_object_that_holds_none_is_refused():
    assert one({"@type": "Person", "name": "x"}).refused
    assert read([{"@type": "Person"}, review()])[0].number == 1


def test_unreadable_bytes_refuse_their_element_alone():
    content = json.dumps([review(), "X", review()]).encode().replace(b'"X"', b'"\xe9"')
    assert [row.given is not None for row in read(content)] == [True, False, True]
