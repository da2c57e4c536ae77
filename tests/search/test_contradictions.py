"""Words that agree say little where what is said of them does not."""

from __future__ import annotations

import pytest

from verifier.search.contradictions import Reading, contradictions


@pytest.mark.parametrize(
    ("language", "asked", "known", "found"),
    [
        ("en", "It rose by 5 % in 2019.", "It rose by 7 % in 2019.", [("number", "5", "7")]),
        ("en", "It rose by 5,000.", "It rose by 5000.", []),
        ("en", "Of 12 towns 5 rose up.", "Of 12 towns many rose up.", []),
        ("en", "Before the 2030 deadline.", "Before the 2025 deadline.", [("number", "2030", "2025")]),
        ("en", "Prices rose a lot.", "Prices fell a lot.", [("opposite", "rose", "fell")]),
        ("en", "Prices rose, then fell.", "Prices fell.", []),
        ("en", "He did not sign the treaty.", "He signed the treaty.", [("negation", "not sign", "signed")]),
        ("en", "He signed the treaty.", "He never signed the treaty.", [("negation", "signed", "never signed")]),
        ("en", "He did not sign it.", "He didn't sign it.", []),
        ("en", "The army of Chad left.", "The army of Mali left.", [("name", "chad", "mali")]),
        ("en", "The army of Chad left Mali.", "The army of Chad left Niger.", []),
        ("en", "THE ARMY OF CHAD LEFT.", "The army of Mali left.", []),
        ("ru", "Цены выросли сильно.", "Цены упали сильно.", [("opposite", "выросли", "упали")]),
        ("ru", "Он не подписал договор.", "Он подписал договор.", [("negation", "не подписал", "подписал")]),
        ("az", "Qiymətlər artdı.", "Qiymətlər azaldı.", [("opposite", "artdi", "azaldi")]),
        ("fr", "Les prix ont une hausse forte.", "Les prix ont une baisse forte.", [("opposite", "hausse", "baisse")]),
        ("de", "Der Mann ging nach Rom.", "Der Hund ging nach Wien.", []),
        ("xx", "Nothing is known 5 of it.", "Nothing is known 7 of it.", [("number", "5", "7")]),
        ("en", "", "", []),
    ],
)  # fmt: skip
def test_what_denies_what(language, asked, known, found):
    readings = (Reading.of(asked, language), Reading.of(known, language))
    assert [tuple(each) for each in contradictions(*readings)] == found


def test_a_negation_elsewhere_in_a_long_text_denies_nothing():
    asked = (
        "I do not vote, but my neighbours say the bridge over the Kura reopened on Monday night."
    )
    known = "The bridge over the Kura reopened."
    assert not list(contradictions(Reading.of(asked, "en"), Reading.of(known, "en")))
