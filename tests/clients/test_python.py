"""The client that openapi-python-client makes from the document: without a warning, and it works."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shell import clean_environment

PROGRAMS = Path(sys.executable).parent
MAIN_JOB = Path(__file__).with_name("main_job.py")
API_PAGE = Path(__file__).parents[2] / "docs" / "api.md"
PACKAGE = "fact_claim_verification_client"


def run(folder, *command, **variables):
    """What it says; it must succeed."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [PROGRAMS / command[0], *command[1:]],
        cwd=folder,
        env={**clean_environment(), "PATH": path, "PYTHONPATH": str(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def client(document, tmp_path_factory):
    """The folder that the client's package is in."""
    folder = tmp_path_factory.mktemp("client")
    said = run(
        folder, "openapi-python-client", "generate", "--path", document,
        "--output-path", folder / "made", "--fail-on-warning",
    )  # fmt: skip
    assert said.split() == ["Generating", str(folder / "made")], said
    return folder / "made"


def test_its_types_hold_in_a_program_that_is_checked_strictly(client, tmp_path):
    cache = ("--cache-dir", tmp_path)
    assert "no issues" in run(client, "mypy", "--strict", *cache, PACKAGE, MAIN_JOB)


def test_the_documentations_example_runs(client, arguments, tmp_path):
    examples = re.findall(r"```python\n(.*?)```", API_PAGE.read_text("utf-8"), re.DOTALL)
    (example,) = (each for each in examples if PACKAGE in each)
    program = tmp_path / "example.py"
    program.write_text(example)
    address, tokens = arguments
    people = json.loads(tokens)
    for who, said in (("reviewer", "in_review\n"), ("contributor", "Claim exists: ")):
        assert said in run(client, "python", program, API=address, TOKEN=people[who])


def test_it_does_the_main_job(client, arguments):
    assert run(client, "python", "-W", "error", MAIN_JOB, *arguments) == ""
