"""Sentences by their exact offsets, in many scripts, and whatever stands in the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from verifier.search.sentences import sentences

# Each row is one text; the bar stands where a sentence ends.
TEXTS = [
    "Mr. Smith paid 3.5 per cent to the U.S. Army. | He left.",
    "He lives in the U.S. | The house is old.",
    "J. R. Poe wrote to W. Doe Jr. in May. | Nobody answered.",
    "It cost 1.000.000 manats, i.e. 3,5 % more. | See Fig. 3 and No. 5. | He said no. | Yes.",
    "See https://a.example/x.html?q=1. | On 17.04.2024 he came at 5 p.m. on foot.",
    'He said: "It is so." | Then he left.',
    '"Why?" asked the minister. | "Stop!" he cried. | Then… | Nothing... | And so on...',
    "“We won. They lost,” he said. | They left (it was late. It rained) at noon.",
    "He (sic!) Smith won. | (He left.) | So it rose.[3] | It fell.",
    "1. The first item. | 2) The second one.",
    "В 2024 г. Россия вышла из договора. | Он родился и вырос в Москве в 1960 г. | Потом уехал.",
    "Г-н Орлов, т.е. мэр, и др. ушли. | А. С. Пушкин остался. | «Да!» — сказал он. | Нет.",
    "Cənab Ə. Məmmədov gəldi. | Süd, çay v.s. alındı. | XX əsrin 90-cı illəri idi.",
    "Նա ծնվել է 1960 թ. մարտին Երևանում։ | Ո՞վ գիտի։ | Նա գնաց: | Վերջ։",
    "ის 1960 წ. დაიბადა თბილისში. | შემდეგ წავიდა.",
    "ისინი დაიბადნენ და გაიზარდნენ აქ 1960 წ. თბილისში. | დიახ.",
    "„Ja.“ | Am 17. April kam Dr. Weiß. | Es waren 17. | Das ist z.B. so.",
    "¿Qué pasa? | ¡Nada! | El Sr. Rivas salió.",
    "هل هذا صحيح؟ | نعم. | قال: «لا.» | ثم ذهب.",
    "یہ سچ ہے۔ | وہ گیا۔",
    "यह सच है। | वह गया। | क्यों?",
]
UNSPACED = [
    "他说了。|“是的。”|他走了！|真的？|好。",
    "「行く。帰る。」と彼は言った。|そして帰った。|今日は３．５度だ。",
    "去年增长3.5%。|明年呢？",
    "你好!|我是记者?|是。",
]
BLOCKS = [
    ("Headline without a stop\nA sentence.\n\n", ["Headline without a stop", "A sentence."]),
    ("• one thing\n• another\n- a third\n– a fourth", ["one thing", "another", "a third", "a fourth"]),
    ("a line that was wrapped by hand at some column\nand goes on. Next", ["a line that was wrapped by hand at some column\nand goes on.", "Next"]),
    ("short line\nand no wrap", ["short line", "and no wrap"]),
    ("-5 degrees\u2028It was cold.\r\nYes.", ["-5 degrees", "It was cold.", "Yes."]),
    ("* * *\n \t\n…", ["*", "…"]),
    ("one \t\ntwo. \u3000\n", ["one", "two."]),
    ("", []),
    (" \n\t ", []),
]  # fmt: skip
PIECES = st.sampled_from(
    [
        *".!?…。؟।։:;,()[]«»“”\"'「」 \n\t-–•1a",
        "Mr",
        "г",
        "U.S",
        "Aa",
        "əİ",
        "好",
        "ა",
        "\u0301",
        "\x85",
        "20",
    ]
)


def words(text):
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("marked", TEXTS)
def test_sentences_of_many_languages(marked):
    assert words(marked.replace(" | ", " ")) == marked.split(" | ")


@pytest.mark.parametrize("marked", UNSPACED)
def test_sentences_without_spaces_between_them(marked):
    assert words(marked.replace("|", "")) == marked.split("|")


@pytest.mark.parametrize(("text", "expected"), BLOCKS)
def test_line_ends_part_sentences_unless_the_line_is_wrapped(text, expected):
    assert words(text) == expected


@settings(max_examples=500)
@given(st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=80)))
@example("a \n b.\t\u3000")
def test_sentences_are_in_order_stripped_and_leave_out_no_word(text):
    last, covered = 0, set()
    for start, end in sentences(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        covered.update(range(start, end))
        last = end
    assert {n for n, letter in enumerate(text) if letter.isalnum()} <= covered


@given(st.lists(PIECES, max_size=40).map("".join))
def test_a_sentence_stays_whole_when_it_is_looked_at_alone(text):
    """What `_within` has not split in the text it does not split by itself, but for wrapped lines."""
    for sentence in words(text):
        if "\n" not in sentence and "\x85" not in sentence:
            assert "".join("".join(words(sentence)).split()) in "".join(sentence.split())


@pytest.mark.parametrize(
    "piece",
    [
        ".",
        "a. ",
        "(",
        '"a ',
        "A.B. ",
        "г. ",
        "a\n",
        " . ",
        "„a",
        "“a.",
        "- ",
        "[1]",
        ":)",
        "»",
        "a" * 50 + "\nb",
    ],
)
def test_hostile_text_takes_linear_time(piece):
    def seconds(size):
        text = piece * (size // len(piece))
        started = time.process_time()
        for _ in sentences(text):
            pass
        return time.process_time() - started

    # Quadratic time would be 64 times as long, and minutes in all.
    assert seconds(800_000) < 24 * max(seconds(100_000), 0.01)
