"""`verifier import`, as an operator uses it."""

import json
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.imports.files import REVIEW, lines
from verifier.cli import main


@pytest.fixture
def run(settings, newsroom):
    environment = {
        "VERIFIER_DATABASE_URL": settings.database_url,
        "VERIFIER_ARCHIVE_DIR": settings.archive_dir,
    }
    assert newsroom.ids

    def run(*arguments, status=0, content=None):
        answer = CliRunner().invoke(
            main, ["import", *arguments], env=environment, input=content, catch_exceptions=False
        )
        assert answer.exit_code == status, answer.output
        return answer

    return run


def test_a_table_with_columns_of_its_own_names(run, newsroom, tmp_path):
    file = tmp_path / "ours.csv"
    file.write_text("Afirmação;Nota;Quem\nOs preços subiram.;Falso;Ágora\n;Falso;Ágora\n")
    mapping = ("--map", "Afirmação=text", "--map", "Nota=rating", "--map", "Quem=publisher")
    report, text = tmp_path / "report.ndjson", tmp_path / "report.txt"

    told = run(str(file), "--desk", "border-desk", *mapping, "--dry-run", status=3)
    done = run(str(file), "--desk", "border-desk", *mapping, "--report", str(report), status=3)
    run(str(file), "--desk", "border-desk", *mapping, "--report", str(text), status=3)

    assert "1 would be taken" in told.output
    assert "row 2 (line 3): refused" in told.output
    assert "1 taken" in done.output
    first, second = map(json.loads, report.read_text().splitlines())
    assert (first["outcome"], second["outcome"]) == ("taken", "refused")
    assert text.read_text().startswith("row 1 (line 2): already there")
    (claim,) = newsroom.call("GET", "/v1/claims", None).json["items"]
    assert (claim["verdict"]["label"], claim["verdict"]["publisher"]) == ("Falso", "Ágora")
    inside = newsroom.call("GET", f"/v1/claims/{claim['id']}", "ed").json
    assert inside["created_by"] == {"id": None, "name": None}


def test_a_file_that_was_brought_and_is_lost_is_told(run, newsroom, settings):
    """What the command reads itself was never in the archive, so nobody misses it there."""
    run("-", "--desk", "border-desk", content=lines(REVIEW))
    sent = newsroom.call(
        "POST", "/v1/imports", "ed", data=b"text\nx", content_type="text/csv", status=201
    )
    (kept,) = Path(settings.archive_dir).rglob(f"{sent.json['sha256']}.import")
    check = partial(
        CliRunner().invoke,
        main,
        ["archive", "check"],
        env={
            "VERIFIER_DATABASE_URL": settings.database_url,
            "VERIFIER_ARCHIVE_DIR": settings.archive_dir,
        },
    )

    assert "0 snapshots and 1 imports' files" in check().output
    kept.write_bytes(b"text\ny")
    assert f"{kept.name} is not what was archived" in check().output
    kept.unlink()
    told = check()

    assert (told.exit_code, kept.name in told.output) == (1, True)


def test_from_standard_input(run, newsroom):
    run("-", "--desk", "border-desk", content=lines(REVIEW))

    (shown,) = newsroom.call("GET", "/v1/imports", "ed").json["items"]
    assert (shown["state"], shown["created_by"]["id"]) == ("done", None)


@pytest.mark.parametrize(
    ("content", "options", "status", "said"),
    [
        (b"\x1f\x8bpacked", (), 1, "unpack it first"),
        (b"text\nx", ("--map", "a=b"), 1, "no theirs=ours"),
        (b"text\nx", ("--desk", "nowhere"), 1, "There is no desk 'nowhere'"),
        (b"text\nx", ("--format", "xlsx"), 2, "Invalid value for '--format'"),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(run, content, options, status, said):
    answer = run("-", "--desk", "border-desk", *options, content=content, status=status)

    assert said in answer.output
    assert "Traceback" not in answer.output
