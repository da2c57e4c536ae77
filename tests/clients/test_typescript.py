"""The types that openapi-typescript makes from the document: without a warning, and they hold."""

import re
import shutil
from pathlib import Path

import pytest

from tests.clients import node

HERE = Path(__file__).parent
API_PAGE = HERE.parents[1] / "docs" / "api.md"
CHECKS = ("--strict", "--noEmit", "--noUncheckedIndexedAccess", "--target", "esnext")
MODULES = ("--module", "nodenext", "--allowImportingTsExtensions")


def run(folder, program, *arguments):
    """What it says on standard error; it must succeed."""
    done = node.run(program, *arguments, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def program(document, tmp_path_factory):
    """The main job beside the types it needs."""
    folder = tmp_path_factory.mktemp("program")
    modules = folder / "node_modules"
    modules.symlink_to(node.packages())
    shutil.copy(document, folder)
    for name in ("main_job.ts", "lint.mjs"):
        shutil.copy(HERE / name, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    generator = modules / "openapi-typescript" / "bin" / "cli.js"
    said = run(
        folder, generator, "openapi.json", "--output", "api.d.ts", "--default-non-nullable", "false",
    )  # fmt: skip
    assert "warn" not in said.lower(), said
    return folder / "main_job.ts"


@pytest.mark.timeout(300)  # the first time, packages are fetched
def test_its_types_hold_in_programs_that_are_checked_strictly(program):
    """The main job, and the example of the documentation."""
    (example,) = re.findall(r"```ts\n(.*?)```", API_PAGE.read_text("utf-8"), re.DOTALL)
    (program.parent / "example.ts").write_text(
        f"declare const API: string, TOKEN: string;{example}"
    )
    compiler = program.parent / "node_modules" / "typescript" / "bin" / "tsc"
    run(program.parent, compiler, *CHECKS, *MODULES, program.name, "example.ts")


def test_it_does_the_main_job(program, arguments):
    assert run(program.parent, program, *arguments) == ""


def test_a_strict_linter_finds_nothing(program):
    """Redocly's rules, the recommended ones with every warning an error."""
    run(program.parent, "lint.mjs", "openapi.json")


def test_the_lock_pins_by_hash_and_names_no_place():
    text = node.LOCK.read_text()
    assert "://" not in text
    assert text.count('"integrity": "sha512-') == text.count('"node_modules/')
