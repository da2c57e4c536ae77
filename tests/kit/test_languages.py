"""Language tags in their canonical spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.kit.languages import LONGEST_TAG, canonical_language, direction_of, tongue


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("az", "az"),
        ("az-Latn-AZ", "az-Latn-AZ"),
        ("AZ-latn-az", "az-Latn-AZ"),
        ("pt-br", "pt-BR"),
        ("zh-Hant", "zh-Hant"),
        ("es-419", "es-419"),
        ("iw", "he"),
        ("en_US", "en-US"),
        ("de-DE-1996", "de-DE-1996"),
    ],
)
def test_tags_get_their_canonical_spelling(tag, canonical):
    assert canonical_language(tag) == canonical
    assert canonical_language(canonical) == canonical


@pytest.mark.parametrize("tag", ["english", "xx-", "", "xx", "-", "az ", "az\n", "ا", "en-a", "e"])
def test_what_is_no_tag_is_refused_in_a_sentence(tag):
    with pytest.raises(ValueError, match="is not a language tag such as") as refusal:
        canonical_language(tag)
    assert repr(tag) in str(refusal.value)


def test_tags_have_a_bounded_length():
    longest = "en-x" + "-abcdefg" * 3 + "-abcdef"
    assert len(longest) == LONGEST_TAG
    assert canonical_language(longest) == longest
    with pytest.raises(ValueError, match="at most 35 characters"):
        canonical_language(longest + "g")


def test_a_tag_that_grows_is_bounded_too():
    grows = "sh-x" + "-abcdefg" * 3 + "-abcdef"  # sh is sr-Latn
    with pytest.raises(ValueError, match="more than 35 characters"):
        canonical_language(grows)


PIECES = st.sampled_from(["en", "az", "sh", "zh", "cmn", "Latn", "US", "x", "u", "ca", "1996", "i"])


@given(st.text() | st.lists(PIECES, max_size=7).map("-".join))
def test_any_text_is_a_stable_tag_or_a_value_error(tag):
    try:
        canonical = canonical_language(tag)
    except ValueError:
        return
    assert canonical_language(canonical) == canonical
    assert len(canonical) <= LONGEST_TAG


@pytest.mark.parametrize(
    ("language", "text", "direction"),
    [
        ("en", "שלום", "ltr"), ("az", "", "ltr"), ("az-Arab", "", "rtl"), ("ar", "", "rtl"),
        ("ar-Latn", "", "ltr"), ("he", "Hello", "rtl"), ("iw", "", "rtl"), ("fa-IR", "", "rtl"),
        ("ur", "", "rtl"), ("ku", "", "ltr"), ("ckb", "", "rtl"), ("dv", "", "rtl"), ("yi", "", "rtl"),
        ("ja", "", "ltr"), ("hy", "", "ltr"), ("pa", "", "ltr"), ("pa-PK", "", "rtl"),
        ("und", "", "ltr"), ("x y", "", "ltr"), (None, "", "ltr"), (None, "1. «Salam»", "ltr"),
        (None, "1. «سلام» said", "rtl"), (None, "ß", "ltr"),
    ],
)  # fmt: skip
def test_a_text_has_a_direction(language, text, direction):
    assert direction_of(language, text) == direction
    assert tongue(language, text) == f' lang="{language or ""}" dir="{direction}"'


def test_an_attribute_ends_where_it_ends():
    assert tongue('"><b>', "") == ' lang="&#34;&gt;&lt;b&gt;" dir="ltr"'
