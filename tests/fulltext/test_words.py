"""Words, their spellings, and the terms that stand for them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.fulltext.models import LONGEST_TERM
from verifier.fulltext.terms import MARK, language_of, stems_of, terms_of
from verifier.fulltext.weighing import Statement, fields_of, lines_of, rarity
from verifier.fulltext.words import fold, words

TEXTS = st.text() | st.text(alphabet="aAß ıİəéй1٥,.#@_-天タมا\u0301\u200d/:", max_size=80)


def folded(text):
    return [word.folded for word in words(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Moscow's 5,000 troops", ["moscow", "s", "5000", "troops"]),
        ("2,50 2.5 ٢٥", ["2.5", "2.5", "25"]),
        ("#DefundTheCBC @BarackObama #covid_19", ["defund", "the", "cbc", "barack", "obama", "covid", "19"]),
        ("see https://t.co/abc and pic.twitter.com/x1 or www.a.example", ["see", "and", "or"]),
        ("İSTANBUL Iğdır ığdır", ["istanbul", "igdir", "igdir"]),
        ("Ёлка ёлка Київ", ["елка", "елка", "київ"]),
        ("COVID-19, F-16", ["covid", "19", "f", "16"]),
        ("天安门", ["天", "安", "门"]),
        ("😮 ... —", []),
    ],
)  # fmt: skip
def test_what_the_words_are(text, found):
    assert folded(text) == found


@given(TEXTS)
def test_each_word_is_where_it_says_and_folded_for_good(text):
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert word.folded == fold(word.folded)
        assert word.folded.split() == [word.folded]
        end = word.end


@given(TEXTS, st.sampled_from(["en", "ru", "az", "ar", "zh", "de-AT", "", "xx"]))
def test_terms_fit_the_index_and_stand_for_their_words(text, language):
    found = folded(text)
    terms = list(terms_of(found, language))
    assert all(0 < len(term) <= LONGEST_TERM for term in terms)
    for term in terms:
        if term.startswith(MARK):
            assert not set(terms).isdisjoint(stems_of(term[1:], [language]))


@given(TEXTS, TEXTS)
def test_stored_lines_give_the_words_back(text, title):
    said = Statement(text, title).folded()
    assert fields_of(lines_of(said)) == said


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The troops of the north are leaving", "en"),
        ("Это не то, что они сказали", "ru"),
        ("Bu gün də çox isti idi", "az"),
        ("Zürich", None),
        ("", None),
    ],
)
def test_the_language_is_told_by_its_commonest_words(text, language):
    assert language_of(text) == language


@given(st.integers(0, 10**7), st.integers(0, 3000))
def test_a_term_says_more_the_fewer_have_it_and_never_less_than_nothing(documents, having):
    assert rarity(documents, having) >= rarity(documents, having + 1) >= 0
