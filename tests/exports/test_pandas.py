"""The CSV export is a table to pandas, and what pandas writes of it comes back."""

import io

import pandas as pd
import pytest

from verifier.exports.cells import unescape_cell
from verifier.exports.csv_table import COLUMNS
from verifier.readers.reading import rows

from .formulas import starts_formula

TEXTS = [
    "=1+1 is two, he said; “never” three",
    "'tis gone",
    "-5 °C\n+2 °C in the shade",
    "\u200f- سيُفتح الجسر\tغدا",
    '"Quoted"',
    "007",
    "NA",
]


@pytest.fixture
def exported(newsroom):
    claims = [newsroom.claim(text=text, topics=["=roads; bridges", "\\"]) for text in TEXTS]
    newsroom.act(claims[0], "rev", "accept")
    newsroom.evidence(claims[0], newsroom.source(url=None))
    texts = {"title": "@ministry", "explanation": "# So\n\n- one\n- two", "summary": "-1;=2"}
    newsroom.verdict_in("published", claims[0], **texts)
    return newsroom.call("GET", "/v1/exports/csv", "con", status=200).data


def claims_of(data):
    return [(row.given, row.repairs, row.refused) for row in rows(io.BytesIO(data))]


def test_the_table_is_the_same_in_pandas_and_back(exported):
    table = pd.read_csv(io.BytesIO(exported), dtype=str, keep_default_na=False)
    assert tuple(table.columns) == COLUMNS
    assert sorted(unescape_cell(text) for text in table["text"]) == sorted(TEXTS)
    assert {unescape_cell(title) for title in table["title"]} == {"@ministry", ""}
    assert [cell for column in table for cell in table[column] if starts_formula(cell)] == []
    read = claims_of(exported)
    assert sorted(given.text for given, _, _ in read) == sorted(TEXTS)
    assert {given.topics for given, _, _ in read} == {("=roads; bridges", "\\")}
    assert {(repairs, refused) for _, repairs, refused in read} == {((), ())}
    for delimiter in ",;\t":
        written = table.to_csv(index=False, sep=delimiter).encode()
        assert claims_of(written) == read
