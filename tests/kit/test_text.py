"""Unicode rules: what may be typed, what a source keeps, and when two statements are one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from verifier.kit.text import (
    matching_key,
    nfc,
    normalised_statement,
    plain_marks,
    source_text,
    typed_text,
    typed_text_fault,
)

# Letters, marks of many classes, and the letters that are two marks (U+0F73 and its kin).
MARKED = st.text(
    st.one_of(
        st.sampled_from("aeiİI\u1100\u1161\u11a8\u0915\u0f73\u0f75\u0f81\u0344\uff9e"),
        st.characters(categories=["Mn", "Mc"]),
    )
)


@given(MARKED, st.integers(1, 40))
def test_nfc_is_unicodes_nfc(text, times):
    assert nfc(text * times) == unicodedata.normalize("NFC", text * times)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["\u0301\u0327", "\u0f73", "\u0301\uff9e", "ΐ\u0327"])
def test_piled_up_marks_do_not_take_quadratic_time(piece):
    text = "a" + piece * 100_000  # enough to fail, not to hang
    assert nfc(text)
    assert normalised_statement(text)


@pytest.mark.parametrize(
    "text",
    [
        "Rusiya sülhməramlıları Qarabağdan çıxır.",
        "نیروهای روس می‌روند؛ \u200eBTR-82A\u200f \u061c2024",  # joiners and marks
        "रूसी सैनिक क्‍यों लौट रहे हैं?",
        "俄罗斯军队开始撤离。",
        "👩‍👩‍👧 🇦🇿 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f ❤️",
    ],
)
def test_people_may_type_their_language(text):
    assert typed_text_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("ab\x07", "the control character U+0007 at position 3"),
        ("\x00", "the control character U+0000 at position 1"),
        ("a\x7f", "the control character U+007F at position 2"),
        ("a\x85", "the control character U+0085 at position 2"),
        ("\ud800b", "the lone surrogate U+D800 at position 1"),
        ("b\udfff", "the lone surrogate U+DFFF at position 2"),
        ("troops \u202etfel\u202c", "the bidirectional control U+202E at position 8"),
        ("\u202a", "the bidirectional control U+202A at position 1"),
        ("a\u2066b\u2069", "the bidirectional control U+2066 at position 2"),
        ("\uffff", "the noncharacter U+FFFF at position 1"),
        ("\ufffe", "the noncharacter U+FFFE at position 1"),
    ],
)
@pytest.mark.parametrize("multiline", [False, True])
def test_faults_of_typed_text_name_the_code_point(text, fault, multiline):
    assert typed_text_fault(text, multiline=multiline) == f"This holds {fault}."


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\r\nb", "a\u2028b", "a\u2029b"])
def test_a_line_has_no_layout(text):
    fault = f"This holds the tab or line end U+{ord(text[1]):04X} at position 2."
    assert typed_text_fault(text) == fault
    assert typed_text_fault(text, multiline=True) is None


def test_a_carriage_return_alone_is_no_line_end_to_type():
    assert typed_text_fault("a\rb", multiline=True) is not None


def test_typed_text_is_stored_in_nfc_with_plain_line_ends():
    assert typed_text("s\u0327a\r\nb\rc\nd") == "\u015fa\nb\nc\nd"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("a\x00b\x07c\x1fd\x0be\x0cf", "abcdef"),
        ("\tindented", "\tindented"),
        ("\ud800left\udc00", "left"),
        ("\uffffleft\ufffe", "left"),
        ("\u202eright\u202c \u2067to\u2069 \u200eleft\u200f", None),
        ("می‌روند", None),
        ("C1 \x85 stays", None),
        ("e\x00\u0301", "\u00e9"),  # what comes together is composed
    ],
)
def test_a_source_keeps_all_that_can_be_stored(raw, kept):
    assert source_text(raw) == (raw if kept is None else kept)


@given(st.text(st.characters(exclude_categories=[])))
def test_a_sources_text_is_final(raw):
    kept = source_text(raw)
    assert source_text(kept) == kept == unicodedata.normalize("NFC", kept)
    kept.encode()


@given(st.text())
def test_plain_marks_keep_every_position(text):
    assert len(plain_marks(text)) == len(text)


STATEMENT = "russia withdrew its troops"


@pytest.mark.parametrize(
    "same",
    [
        "Russia withdrew its troops.",
        "  Russia  withdrew\nits\ttroops ",
        "RUSSIA WITHDREW ITS TROOPS!",
        "“Russia withdrew its troops.”",
        "«Russia withdrew its troops»",
        "„Russia withdrew its troops“…",
        "'Russia withdrew its troops'?",
        "¿Russia withdrew its troops?",
        "Ｒｕｓｓｉａ withdrew its troops",
        "Russia\u00a0withdrew its troops",
        "Russia with\u00addrew its troops",
        "\u200eRussia withdrew its troops\u200f",
        "Russia withdrew its troops...",
        "「Russia withdrew its troops。」",
    ],
)
def test_one_statement_in_many_spellings(same):
    assert normalised_statement(same) == STATEMENT
    assert matching_key(same) == matching_key(STATEMENT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İSTANBUL", "istanbul"),
        ("İCLAS", "i\u0307clas"),
        ("STRAßE", "strasse"),
        ("ΟΔΟΣ", "οδος"),
        ("2020–2024", "2020-2024"),
        ("Moscow—Baku", "Moscow-Baku"),
        ("don’t", "don't"),
        ("Su\ufe31thirty", "Su-thirty"),  # what compatibility turns into a dash
        ("Qo‘shinlar", "Qoʻshinlar"),
        ("रूसी सैनिक लौट रहे हैं।", "रूसी सैनिक लौट रहे हैं"),
        ("هل انسحبت القوات؟", "هل انسحبت القوات"),
        ("俄罗斯军队已撤离。", "俄罗斯军队已撤离"),
        ("é", "e\u0301"),
        ("ﬁve hundred", "five hundred"),
        ("❤\ufe0f", "❤"),
    ],
)
def test_spellings_that_are_the_same(one, other):
    assert matching_key(one) == matching_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kır", "kir"),  # Turkish: countryside, dirt
        ("qız", "qiz"),
        ("نامه‌ای", "نامهای"),  # Persian: a letter, names (UAX #31)
        ("1.5 million", "15 million"),
        ("-5 degrees", "5 degrees"),
        ("résumé", "resume"),
        ("The troops left", "The troops had left"),
        ("50% left", "50 left"),
        ("?", "!"),
        ("👩‍👧", "👩👧"),
    ],
)
def test_statements_that_stay_apart(one, other):
    assert matching_key(one) != matching_key(other)


@given(st.text(st.characters(exclude_categories=[])) | MARKED)
def test_normalising_is_idempotent(text):
    once = normalised_statement(text)
    assert normalised_statement(once) == once


@given(st.text(st.characters(exclude_categories=[])))
@example("\ud800")
def test_every_statement_has_a_key(text):
    key = matching_key(text)
    assert len(key) == 64
    assert int(key, 16) >= 0
