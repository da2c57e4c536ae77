"""The CSV export in LibreOffice Calc: the same values, no formula, and what it saves comes back."""

import io
import subprocess
from itertools import chain
from xml.etree import ElementTree as ET

import pytest

from verifier.exports import csv_table
from verifier.readers.reading import rows

from .formulas import SIGNS
from .samples import record, verdict
from .test_csv import read

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
# Comma (44) or semicolon (59), quotation mark, UTF-8 (76), from the first row.
CSV_FILTER = "Text - txt - csv (StarCalc)"
OPENED_AS = f"{CSV_FILTER}:44,34,76,1"

CLAIMS = [
    record(),
    record(text='=HYPERLINK("http://a.example";"x")', topics=["=a;b", "c"], claimant=None),
    record(text="'=1 is one", verdict=None, claimed_on=None),
    record(text="\u200f- سيُفتح الجسر", verdict=verdict(title="@ministry", summary="+49 30", explanation="- one\n- two;=3\t=4")),
    *(record(text=f"{sign}1+1|cmd", verdict=verdict(explanation=f"x;{sign}1")) for sign in SIGNS),
]  # fmt: skip
EXPORT = csv_table.header() + b"".join(map(csv_table.row, CLAIMS))


@pytest.fixture(scope="module")
def saved_as(tmp_path_factory):
    """Opens the export in LibreOffice, saves it in a format of its own, and gives the bytes."""
    folder = tmp_path_factory.mktemp("spreadsheet")
    (folder / "claims.csv").write_bytes(EXPORT)

    def save(suffix: str, export_filter: str) -> bytes:
        home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
        command = [
            "soffice", home, "--headless", f"--infilter={OPENED_AS}",
            "--convert-to", f"{suffix}:{export_filter}", "--outdir", folder / "saved", folder / "claims.csv",
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=100)
        return (folder / "saved" / f"claims.{suffix}").read_bytes()

    return save


def without_space(texts):
    """Not empty ones. Line ends, tabs and runs of spaces are elements of the document's own."""
    return [bare for text in texts if (bare := "".join(text.split()))]


def test_every_cell_is_shown_as_it_is_and_none_is_a_formula(saved_as):
    document = ET.fromstring(saved_as("fods", "OpenDocument Spreadsheet Flat XML"))  # noqa: S314
    cells = list(document.iter(f"{TABLE}table-cell"))
    assert [cell for cell in cells if cell.get(f"{TABLE}formula")] == []
    assert {cell.get(f"{OFFICE}value-type") for cell in cells} <= {"string", "date", None}
    ours = chain.from_iterable(read(EXPORT.decode("utf-8-sig")))
    assert without_space("".join(cell.itertext()) for cell in cells) == without_space(ours)


@pytest.mark.parametrize("delimiter", [44, 59], ids=["comma", "semicolon"])
def test_what_it_saves_is_read_back_the_same(saved_as, delimiter):
    saved = saved_as("csv", f"{CSV_FILTER}:{delimiter},34,76,1,,0,false,true,false")
    assert saved != EXPORT
    assert claims_of(saved) == claims_of(EXPORT)


def claims_of(data):
    return [(row.given, row.repairs, row.refused) for row in rows(io.BytesIO(data))]
