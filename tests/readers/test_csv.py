"""Tables: with commas, semicolons or tabs, as people and spreadsheets save them."""

from datetime import UTC, date, datetime

import pytest

from tests.readers.files import claim, one, read, told
from verifier.readers import limits
from verifier.readers.records import GivenRating

WHOLE = {
    "text": "The new bridge was closed within a week.",
    "claimant": "Aysel Sample",
    "claimed_on": "2026-03-01",
    "language": "az",
    "topics": "traffic; towns",
    "source_url": "https://posts.example/7",
    "quote": "closed within a week",
    "rating": "false",
    "title": "The bridge is open",
    "summary": "It never closed.",
    "explanation": "See the **log**.",
    "review_url": "https://zagros.example/checks/bridge",
    "published_at": "2026-03-04T10:00:00Z",
    "publisher": "Zagros Facts",
}


def table(*records, delimiter=","):
    cells = [[*records[0]], *([*record.values()] for record in records)]
    return "".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n"
        for row in cells
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_column_is_read(delimiter):
    row = one(table(WHOLE, delimiter=delimiter))
    given = row.given
    assert row.repairs == ()
    assert (given.text, given.claimant.name, given.language) == (
        WHOLE["text"],
        "Aysel Sample",
        "az",
    )
    assert given.claimed_on == date(2026, 3, 1)
    assert given.topics == ("traffic", "towns")
    (place,) = given.appearances
    assert (place.source.url, place.quote, place.first) == (
        WHOLE["source_url"],
        WHOLE["quote"],
        True,
    )
    verdict = given.verdict
    assert verdict.rating == GivenRating("false")
    assert verdict.published_at == datetime(2026, 3, 4, 10, tzinfo=UTC)
    assert [
        verdict.title,
        verdict.summary,
        verdict.explanation,
        verdict.url,
        verdict.publisher,
    ] == [WHOLE[name] for name in ("title", "summary", "explanation", "review_url", "publisher")]


def test_a_text_is_all_that_is_needed():
    given = claim("text\nThe dam is safe.\n")
    assert given.text == "The dam is safe."
    assert given.verdict is None


def test_a_semicolon_is_told_from_the_comma_in_a_text():
    assert claim("text;claimant\nOne, two, three;Aysel\n").text == "One, two, three"


def test_a_spreadsheet_may_say_its_delimiter():
    assert claim("sep=|\ntext|claimant\nOne;two|Aysel\n").claimant.name == "Aysel"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_row(line_end):
    assert [row.given.text for row in read(f"text{line_end}a{line_end}{line_end}b")] == ["a", "b"]


def test_a_cell_may_hold_line_ends_quotation_marks_and_delimiters():
    row = one('text,title,rating\n"He said ""gone"",\nand left",x,false\n')
    assert row.given.text == 'He said "gone",\nand left'
    assert row.raw == '"He said ""gone"",\nand left",x,false'


def test_the_apostrophe_that_guards_a_formula_is_taken_away():
    assert claim('text\n"\'=1+1 is two"\n').text == "=1+1 is two"
    assert claim("text\n'tis gone\n").text == "'tis gone"


def test_names_of_columns_may_be_written_otherwise():
    given = claim("Text,Source URL,CLAIMED-ON\nx,https://a.example/,2026-01-02\n")
    assert given.appearances[0].source.url == "https://a.example/"
    assert given.claimed_on == date(2026, 1, 2)


def test_other_names_are_mapped():
    content = "id,claimReviewed,datePublished,ratingValue,bestRating,alternativeName\n7,The dam is safe.,2026-01-02 10:00:00,2,4,Exaggerated\n"
    mapping = {
        "claimReviewed": "text", "datePublished": "published_at", "ratingValue": "rating_value",
        "bestRating": "best_rating", "alternativeName": "rating",
    }  # fmt: skip
    row = one(content, mapping=mapping)
    assert row.given.verdict.rating == GivenRating("Exaggerated", 2, 4, 1)
    assert set(told(row)) == {"/id", "/datePublished"}
    assert "UTC" in told(row)["/datePublished"]


def test_an_unknown_column_is_told_once_and_stays_in_the_original():
    first, second = read("text,mood\na,good\nb,bad\n")
    assert "mapping" in told(first)["/mood"]
    assert told(second) == {}
    assert first.raw == "a,good"


def test_a_name_that_stands_twice_counts_the_first_time():
    assert claim("text,text\na,b\n").text == "a"


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("a", "1 cells for 2 columns"),
        ("a,b,c", "3 cells for 2 columns"),
        ("a,b,,", None),  # delimiters too many say nothing
    ],
)
def test_rows_of_another_length_are_read_and_told(row, word):
    found = one(f"text,claimant\n{row}\n")
    assert found.given.text == "a"
    assert word is None or word in told(found)[""]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        # value, best, worst; 1 ≤ worst < best, and the value between them
        ("1,5,1", GivenRating("So", 1, 5, 1)),
        ("4,5,", GivenRating("So", 4, 5, 1)),  # schema.org: worst is 1 …
        ("4,,", GivenRating("So", 4, 5, 1)),  # … and best is 5
        ('"4,0",5.0, 1 ', GivenRating("So", 4, 5, 1)),
        (",5,1", GivenRating("So")),
        ("-1,-1,-1", GivenRating("So")),
        ("0,2,0", GivenRating("So")),
        ("1,1,0", GivenRating("So")),
        ("5,1,5", GivenRating("So")),
        ("7,5,1", GivenRating("So")),
        ("1,5,5", GivenRating("So")),
        ("2.5,5,1", GivenRating("So")),
        ("two,5,1", GivenRating("So")),
        ("1e99,5,1", GivenRating("So")),
    ],
)
def test_numbers_are_kept_where_they_make_a_scale(numbers, expected):
    row = one(f"text,rating,rating_value,best_rating,worst_rating\nx,So,{numbers}\n")
    assert row.given.verdict.rating == expected
    dropped = expected.value is None and not numbers.startswith(",")
    assert ("/rating_value" in told(row)) == dropped


def test_a_number_stands_for_a_rating_without_words():
    row = one("text,rating_value\nx,3\n")
    assert row.given.verdict.rating == GivenRating("3", 3, 5, 1)
    assert "no words" in told(row)["/rating_value"]


def test_without_a_rating_there_is_no_verdict_and_that_is_told():
    row = one("text,summary,rating\nx,It is so.,\n")
    assert row.given.verdict is None
    assert "no verdict" in told(row)["/rating"]


def test_a_title_stands_for_a_claim_without_text_and_is_not_rated():
    """ "It is not true that …", rated false, would say the opposite of what was found."""
    row = one("text,title,rating\n,It is not true that the dam broke,false\n")
    assert row.given.text == "It is not true that the dam broke"
    assert row.given.verdict is None
    assert "rating is not taken" in told(row)["/text"]


def test_words_of_the_address_stand_in_last():
    row = one(
        "text,rating,review_url\n,false,https://a.example/2026/dam-is-safe-2026_1234567.html\n"
    )
    assert row.given.text == "dam is safe 2026"
    assert row.given.verdict is None


def test_nothing_at_all_is_refused():
    row = one("text,claimant\n,Aysel\n")
    assert row.given is None
    assert row.refused[0].pointer == "/text"


def test_a_publisher_that_is_an_address_is_named_by_the_site_of_its_review():
    row = one("text,rating,publisher,review_url\nx,false,https:www.a.example,https://a.example/1\n")
    assert (row.given.verdict.publisher, row.given.verdict.publisher_url) == (
        "a.example",
        "https://www.a.example",
    )
    other = one("text,rating,publisher,review_url\nx,false,https:b.examplex,https://a.example/1\n")
    assert (other.given.verdict.publisher, other.given.verdict.publisher_url) == ("a.example", None)


def test_several_addresses_are_several_places_and_a_quote_needs_one():
    row = one(
        'text,source_url,quote\nx,"https://a.example/1, https://a.example/2 and www.b.example/3",so\n'
    )
    urls = [place.source.url for place in row.given.appearances]
    assert urls == ["https://a.example/1", "https://a.example/2", "https://www.b.example/3"]
    assert [place.quote for place in row.given.appearances] == [None] * 3
    assert set(told(row)) == {"/source_url", "/quote"}


def test_what_is_too_long_is_cut_at_a_word():
    row = one(f"text\n{'word ' * 2000}\n")
    assert limits.LONGEST_CLAIM - 5 <= len(row.given.text) <= limits.LONGEST_CLAIM
    assert row.given.text.endswith("word…")
    assert "it had 9999" in told(row)["/text"]
    assert len(row.raw) > 9000


def test_marks_that_typed_text_may_not_hold_are_left_out():
    row = one("text,title,rating\na\u202eb\x07c,d\u2028e,false\n")
    assert row.given.text == "abc"
    assert row.given.verdict.title == "d e"
    assert "U+202E" in told(row)["/text"]
    assert "spaces" in told(row)["/title"]


def test_bytes_of_an_old_code_page_are_not_guessed():
    """0xE9 is é in Windows-1252, й in 1251, é in 1254 and ى in 1256."""
    first, second = read(b"text\ncaf\xe9\nplain\n")
    assert "UTF-8" in first.refused[0].detail
    assert first.raw == "caf\N{REPLACEMENT CHARACTER}"
    assert second.given.text == "plain"


def test_an_open_quotation_mark_hides_what_follows_and_that_is_said():
    first, second = read('text\nfirst\n"second\nthird\n')
    assert first.given.text == "first"
    assert second.line == 3
    assert "never closed" in second.refused[0].detail
    assert second.raw == '"second\nthird'


@pytest.mark.parametrize(
    "long", ["x" * limits.LONGEST_ROW, '"' + f"{'x' * 99}\n" * (limits.LONGEST_ROW // 99)]
)
def test_a_row_without_end_ends_the_reading(long):
    first, second = read(f"text\nfirst\n{long}\nafter\n")
    assert first.given.text == "first"
    assert "Nothing after this" in second.refused[0].detail
