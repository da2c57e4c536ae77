"""Quotes stand where they say, or nowhere: positions in code points, and nothing guessed."""

from __future__ import annotations

import pickle
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from verifier.claims.anchoring import (
    CONTEXT,
    MOST_CANDIDATES,
    Quote,
    QuoteAmbiguous,
    QuoteEmpty,
    QuoteNotFound,
    anchor,
)
from verifier.kit.text import nfc

TEXT = (
    "The first column left the base at dawn. Baku confirmed it.\n"
    "The second column left the base at noon. Moscow confirmed it.\n"
    "Nobody said when the last column would leave."
)


def test_a_quote_gets_its_position_and_its_surroundings():
    assert anchor(TEXT, "Moscow confirmed it") == Quote(
        exact="Moscow confirmed it",
        prefix="d column left the base at noon. ",
        suffix=".\nNobody said when the last colu",
        start=100,
        end=119,
    )


@pytest.mark.parametrize(
    ("text", "exact", "start"),
    [
        ("Rusiya hərbçiləri Qarabağı tərk edir, Bakı bunu təsdiqlədi.", "Qarabağı tərk edir", 18),
        ("بدأت القوات الروسية الانسحاب من أذربيجان.", "الانسحاب", 20),
        ("رفتند: «نیروها می‌روند» گفت.", "می‌روند", 15),
        ("रूसी सैनिक अज़रबैजान से लौट रहे हैं।", "लौट रहे हैं", 24),
        ("俄罗斯军队四月开始撤离阿塞拜疆。", "撤离", 9),
        ("Last convoy 👩‍👩‍👧 waved 🇦🇿 and left.", "🇦🇿 and left", 24),
        ("Tanks 🇷🇺🇦🇿 passed", "🇦🇿", 8),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", "Vi\u1ec7t", 6),  # NFC composes what it can
    ],
)
def test_positions_count_code_points_in_every_script(text, exact, start):
    text = nfc(text)
    quote = anchor(text, exact)
    assert quote.start == start
    assert text[quote.start : quote.end] == quote.exact == nfc(exact)


def test_a_decomposed_quote_is_found_in_a_composed_text():
    decomposed = unicodedata.normalize("NFD", "Şuşa yolu")
    assert anchor("Boş Şuşa yolu ilə", decomposed, prefix=unicodedata.normalize("NFD", "Boş ")) == (
        Quote("Şuşa yolu", "Boş ", " ilə", 4, 13)
    )


@pytest.mark.parametrize(
    ("context", "start"),
    [
        ({"prefix": "first "}, 10),
        ({"suffix": " left the base at noon"}, 70),
        ({"prefix": "last ", "suffix": " would"}, 147),
        ({"start": 70}, 70),
        ({"prefix": "second ", "start": 70}, 70),
        ({"prefix": "", "suffix": "", "start": 10}, 10),
        ({"prefix": TEXT[:70]}, 70),
    ],
)
def test_context_tells_repeated_words_apart(context, start):
    quote = anchor(TEXT, "column", **context)
    assert quote.start == start
    assert quote.prefix.endswith(context.get("prefix") or "")
    assert quote.suffix.startswith(context.get("suffix") or "")


def test_a_longer_context_of_the_caller_is_kept():
    quote = anchor(TEXT, "column", prefix=TEXT[:70], suffix=TEXT[76:])
    assert (quote.prefix, quote.suffix) == (TEXT[:70], TEXT[76:])


@pytest.mark.parametrize(
    "context",
    [
        {"prefix": "third "},
        {"suffix": "left"},  # a space is missing: it must follow directly
        {"prefix": "first", "suffix": " left"},
        {"start": 11},
        {"start": -1},
        {"start": 2**31},
        {"prefix": "first ", "start": 70},
    ],
)
def test_context_that_disagrees_shows_where_the_words_stand(context):
    with pytest.raises(QuoteNotFound) as refusal:
        anchor(TEXT, "column", **context)
    assert [quote.start for quote in refusal.value.candidates] == [10, 70, 147]
    assert refusal.value.nearest is None


@pytest.mark.parametrize(
    ("text", "exact", "nearest"),
    [
        ("He said “we leave” twice", '"we leave"', "“we leave”"),
        ("He said “we leave” twice", "«We  leave»", "“we leave”"),
        ("It’s over", "it's over", "It’s over"),
        ("from 2020\u20132024 on", "2020-2024", "2020\u20132024"),
        ("the base\n  at dawn", "base at dawn", "base\n  at dawn"),
        ("some 1\u202f960 men", "1960 men", "1\u202f960 men"),
        ("İSTANBULDA görüş", "istanbulda görüş", "İSTANBULDA görüş"),
        ("ΟΙ ΣΤΡΑΤΙΩΤΕΣ έφυγαν", "οι στρατιωτες", "ΟΙ ΣΤΡΑΤΙΩΤΕΣ"),
        ("the with\u00addrawal", "the withdrawal", "the with\u00addrawal"),
        ("غادرت \u200eBTR-82A\u200f القاعدة", "btr-82a القاعدة", "BTR-82A\u200f القاعدة"),
        ("俄罗斯 军队 撤离", "俄罗斯军队", "俄罗斯 军队"),
    ],
)
def test_a_lookalike_is_a_hint_and_nothing_more(text, exact, nearest):
    with pytest.raises(QuoteNotFound) as refusal:
        anchor(text, exact)
    found = refusal.value.nearest
    assert found is not None
    assert found.exact == nearest == text[found.start : found.end]
    assert refusal.value.candidates == ()
    assert anchor(text, found.exact, start=found.start) == found


@pytest.mark.parametrize("exact", ["five hundred", "The base", "kolonun", " \n \n ", "troops"])
def test_other_words_are_no_lookalike(exact):
    with pytest.raises(QuoteNotFound) as refusal:
        anchor("A base. Columns.", exact)
    assert (refusal.value.candidates, refusal.value.nearest) == ((), None)


def test_an_ambiguous_quote_lists_the_places():
    with pytest.raises(QuoteAmbiguous) as refusal:
        anchor(TEXT, "column left the base")
    assert [quote.start for quote in refusal.value.candidates] == [10, 70]
    assert (refusal.value.total, refusal.value.total_is_exact) == (2, True)


def test_context_can_leave_a_quote_ambiguous():
    with pytest.raises(QuoteAmbiguous) as refusal:
        anchor(TEXT, "column", suffix=" left")
    assert [quote.start for quote in refusal.value.candidates] == [10, 70]


def test_overlapping_places_count():
    with pytest.raises(QuoteAmbiguous) as refusal:
        anchor("hahahaha", "haha")
    assert [quote.start for quote in refusal.value.candidates] == [0, 2, 4]


@pytest.mark.parametrize(
    ("times", "total", "exact"),
    [(999, 999, True), (1000, 1000, True), (1001, 1000, False), (5000, 1000, False)],
)
def test_counting_stops(times, total, exact):
    with pytest.raises(QuoteAmbiguous) as refusal:
        anchor("a" * times, "a")
    assert (refusal.value.total, refusal.value.total_is_exact) == (total, exact)
    assert len(refusal.value.candidates) == MOST_CANDIDATES


def test_candidates_of_a_miss_are_bounded():
    with pytest.raises(QuoteNotFound) as refusal:
        anchor("a" * 5000, "a", prefix="b")
    assert len(refusal.value.candidates) == MOST_CANDIDATES


def test_an_empty_quote_is_refused():
    with pytest.raises(QuoteEmpty):
        anchor(TEXT, "")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("a" * 2_000_000, "a" * 1000),
        ("a" * 2_000_000, "a" * 10_000 + "b"),
        ("a" * 2_000_000, "b" + "a" * 10_000),
        ("ab" * 1_000_000, "ab" * 5000),
        ("a " * 1_000_000, "a  " * 3000 + "b"),
        ("a " * 1_000_000 + "b", "a  " * 3000 + "B"),
        ("“" * 2_000_000, '"' * 9999 + "x"),
    ],
)
def test_hostile_repetition_takes_linear_time(text, exact):
    with pytest.raises((QuoteAmbiguous, QuoteNotFound)):
        anchor(text, exact)


# Few pieces, so that they repeat and overlap; among them joiners, flags and marks.
LETTERS = ["a", "b", " ", "\n", "ə", "ş", "İ", "ı", "القوات", "ل", "में", "क्ष", "ज़", "撤", "离"]
OTHERS = ["👩‍👩‍👧", "👧", "🇦🇿", "🇦", "e\u0301", *"\u0301\u0323\u064e\u093c\u1100\u200d\u200f"]
PIECES = st.sampled_from(LETTERS + OTHERS)
TEXTS = st.lists(PIECES, min_size=1, max_size=30).map("".join).map(nfc)


@st.composite
def passages(draw):
    """A text in NFC and a stretch of it."""
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


def places(text, exact):
    return [at for at in range(len(text)) if text.startswith(exact, at)]


@given(passages())
def test_every_stretch_of_a_text_anchors_at_its_start(passage):
    text, start, end = passage
    quote = anchor(text, text[start:end], start=start)
    assert (quote.start, quote.end) == (start, end)
    assert text[start:end] == quote.exact
    assert quote.prefix == text[max(0, start - CONTEXT) : start]
    assert quote.suffix == text[end : end + CONTEXT]


@given(passages())
def test_a_quote_is_ambiguous_if_and_only_if_it_repeats(passage):
    text, start, end = passage
    found = places(text, text[start:end])
    try:
        assert [anchor(text, text[start:end]).start] == found
    except QuoteAmbiguous as refusal:
        assert refusal.total == len(found) > 1  # noqa: PT017  (either outcome is right, not any)
        assert [quote.start for quote in refusal.candidates] == found[:MOST_CANDIDATES]  # noqa: PT017


@given(passages(), st.integers(0, 5), st.integers(0, 5))
def test_what_comes_back_anchors_again_to_the_same(passage, before, after):
    text, start, end = passage
    prefix, suffix = text[max(0, start - before) : start], text[end : end + after]
    try:
        quotes = [anchor(text, text[start:end], prefix=prefix, suffix=suffix)]
    except QuoteAmbiguous as refusal:
        quotes = list(refusal.candidates)
    for quote in quotes:
        again = {"prefix": quote.prefix, "suffix": quote.suffix}
        assert anchor(text, quote.exact, start=quote.start, **again) == quote
        assert quote.prefix.endswith(prefix)
        assert quote.suffix.startswith(suffix)


@given(TEXTS, TEXTS)
def test_words_that_are_not_there_are_never_anchored(text, exact):
    assume(exact not in text)
    with pytest.raises(QuoteNotFound) as refusal:
        anchor(text, exact)
    nearest = refusal.value.nearest
    assert nearest is None or text[nearest.start : nearest.end] == nearest.exact != exact


@given(st.text(), st.text(min_size=1), st.text(), st.text(), st.none() | st.integers())
def test_any_text_gets_an_answer_or_one_of_two_refusals(text, exact, prefix, suffix, start):
    text = nfc(text)
    try:
        quote = anchor(text, exact, prefix=prefix, suffix=suffix, start=start)
    except (QuoteNotFound, QuoteAmbiguous):
        return
    assert text[quote.start : quote.end] == quote.exact


def test_lowering_a_letter_keeps_every_position():
    """What the search for lookalikes rests on; a new version of Unicode could change it."""
    longer = [code for code in range(0x110000) if len(chr(code).lower()) != 1]
    assert longer == [ord("İ")]


def test_a_quote_travels_between_processes():
    quote = anchor(TEXT, "Moscow")
    assert pickle.loads(pickle.dumps(quote)) == quote  # noqa: S301  (its own)
