"""The pages' rules that need no database: words, addresses, sizes, scales."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from tests.web.page import Page
from verifier.web.factcheck import Rating
from verifier.web.links import Site, card_size
from verifier.web.rendering import ENVIRONMENT, STYLE, in_script
from verifier.web.words import LANGUAGES, Words, catalogue, spoken

WANTED = {"en", "ru", "az", "hy", "ka", "tr", "de", "fr", "es", "pt", "uk", "fa", "ar", "he"}
CLAIM = "01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f"


def places(text):
    return sorted(name for _, name, *_ in string.Formatter().parse(text) if name)


def test_there_are_words_in_each_language_that_desks_want():
    assert set(LANGUAGES) == WANTED


@pytest.mark.parametrize("language", sorted(WANTED))
def test_a_language_says_all_that_english_says(language):
    english, words = catalogue("en"), catalogue(language)
    assert words.keys() == english.keys()
    for key, text in words.items():
        assert text.strip() == text != "", key
        assert places(text) == places(english[key]), key
        assert language == "en" or text != english[key] or len(text) < 12, key


def test_every_word_is_used_and_every_word_used_is_there():
    sources = "".join(
        ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0] for name in ENVIRONMENT.list_templates()
        if name.endswith(".html")
    )  # fmt: skip
    used = set(re.findall(r'\bt(?:\.plain)?\("(\w+)"', sources)) - {"n_"}
    used |= {"n_true", "n_mixed", "n_false", "n_other"}  # each normalised rating
    used |= {"supports", "refutes", "context"}  # each stance
    used |= {"typo", "clarification", "update", "correction", "retracted"}  # each kind
    used |= {"rating", "title", "summary", "explanation", "evidence"}  # each member that changes
    for said in ("not_found", "bad_request", "went_wrong", "busy"):
        used |= {said, f"{said}_hint"}
    assert used == catalogue("en").keys()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("az", "Sübutlar"),
        ("pt-BR", "Provas"),
        ("sw", '<span lang="en" dir="ltr">Evidence</span>'),
        ("ur", '<span lang="en" dir="ltr">Evidence</span>'),
        # The words are in the Latin and the Cyrillic script; these languages are in others here.
        ("az-Arab", '<span lang="en" dir="ltr">Evidence</span>'),
        ("ru-Latn", '<span lang="en" dir="ltr">Evidence</span>'),
    ],
)
def test_what_is_not_said_in_the_pages_language_says_in_which(language, said):
    assert Words(language)("evidence") == said


def test_values_of_sentences_are_escaped_unless_they_are_html():
    sentence = Words("en")("imported", publisher="<b>", desk=Markup("<bdi>Desk</bdi>"))
    assert sentence == "Imported from &lt;b&gt;, not checked by <bdi>Desk</bdi>."


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("en", "1 March 2026", "1 March 2026, 11:30\u202fpm"),
        ("en-US", "March 1, 2026", "March 1, 2026, 11:30\u202fPM"),
        ("de", "1. März 2026", "1. März 2026, 23:30"),
        ("ka", "1 მარტი, 2026", "1 მარტი, 2026, 23:30"),
        ("ar", "1 مارس 2026", "1 مارس 2026، 11:30 م"),
        ("tlh", "1 March 2026", "1 March 2026, 11:30\u202fpm"),
    ],
)
def test_dates_are_written_as_the_language_has_them(language, day, moment):
    words = Words(language)
    assert words.day("2026-03-01") == f'<time datetime="2026-03-01">{day}</time>'
    assert words.moment("2026-03-02T01:30:00.5+02:00") == (
        f'<time datetime="2026-03-01T23:30:00Z">{moment} <bdi>UTC</bdi></time>'
    )


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ([], "en"), (["ka"], "ka"), (["ka-GE", "ru"], "ka"), (["sw", "pt-BR"], "pt"),
        (["*"], "en"), (["xx-nonsense-!"], "en"), (["AZ"], "az"),
    ],
)  # fmt: skip
def test_the_first_of_the_readers_languages_is_spoken(accepted, language):
    assert spoken(accepted) == language


@given(st.text(max_size=100))
def test_nothing_ends_the_script_that_json_stands_in(text):
    written = in_script({"text": text + "</script><!--\u2028\u2029&"})
    assert not set(written) & set("<>&\u2028\u2029")
    assert Page(f'<script type="application/ld+json">{written}</script>').json_ld() == {
        "text": text + "</script><!--\u2028\u2029&"
    }


@pytest.mark.parametrize(
    ("url", "claim"),
    [
        (f"https://checks.example/base/factchecks/{CLAIM}", CLAIM),
        (f"http://checks.example/base/factchecks/{CLAIM}?utm_source=x#corrections", CLAIM),
        (f"https://CHECKS.example/base/factchecks/{CLAIM.upper()}/", CLAIM),
        (f"https://checks.example/base/factchecks/{CLAIM}/card", CLAIM),
        (f"https://checks.example.evil/base/factchecks/{CLAIM}", None),
        (f"https://checks.example@evil.example/base/factchecks/{CLAIM}", None),
        (f"ftp://checks.example/base/factchecks/{CLAIM}", None),
        (f"https://checks.example/base/factchecks/{CLAIM}/x", None),
        ("https://checks.example/base/factchecks", None),
        ("https://[checks", None), ("", None), ("\x00", None),
    ],
)  # fmt: skip
def test_only_this_sites_pages_can_be_embedded(url, claim):
    assert Site("https://checks.example/base").claim_at(url) == claim


@pytest.mark.parametrize(
    ("most", "size"),
    [
        ((None, None), (600, 300)), ((400, None), (400, 420)), ((10**9, 10**9), (600, 300)),
        ((300, 200), (300, 200)), ((1, 1), (1, 1)),
    ],
)  # fmt: skip
def test_a_card_fits(most, size):
    assert card_size(*most) == size


@pytest.mark.parametrize(
    ("value", "worst", "best", "is_placed", "share"),
    [
        (1, 1, 6, True, 0), (6, 1, 6, True, 1), (3, 1, 5, True, 0.5), (None, 1, 6, False, 0),
        (1, 1, 1, False, 0), (9, 1, 5, True, 1), (0, 0, 0, False, 0),
    ],
)  # fmt: skip
def test_a_rating_lies_on_its_scale(value, worst, best, is_placed, share):
    rating = Rating("Label", "en", "mixed", value, worst, best)
    assert (rating.is_placed, rating.share) == (is_placed, share)


def test_the_style_loads_nothing():
    assert re.findall(r"url\(|@import|@font-face|</", STYLE) == []
