"""The conventions of this house that no tool checks for us."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

ROOT = Path(__file__).parent.parent
OURS = ("benchmarks", "migrations", "tests", "verifier")
MODULES = [path for folder in OURS for path in sorted((ROOT / folder).rglob("*.py"))]
SERVICE = [path for path in MODULES if path.is_relative_to(ROOT / "verifier")]
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LONGEST = 300
VAGUE = {"base", "common", "helpers", "manager", "misc", "utils"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def faults(paths, find):
    return {named(path): found for path in paths if (found := find(ast.parse(path.read_text())))}


def test_every_init_is_empty():
    assert [
        named(path) for path in MODULES if path.name == "__init__.py" and path.stat().st_size
    ] == []


def test_every_package_has_an_init():
    folders = {path.parent for path in SERVICE}
    assert [named(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_no_module_is_too_long_to_read():
    lines = {named(path): len(path.read_text().splitlines()) for path in SERVICE}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_no_module_has_a_vague_name():
    assert [named(path) for path in MODULES if {path.stem, path.parent.name} & VAGUE] == []


def test_our_own_modules_are_imported_at_the_top():
    def hidden_imports(tree):
        functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
        inside = {node for function in functions for node in ast.walk(function)}
        return sorted(
            node.lineno
            for node in inside
            if isinstance(node, ast.Import | ast.ImportFrom) and imports_ours(node)
        )

    def imports_ours(node):
        if isinstance(node, ast.ImportFrom):
            return node.level > 0 or str(node.module).split(".")[0] in OURS
        return any(alias.name.split(".")[0] in OURS for alias in node.names)

    assert faults(SERVICE, hidden_imports) == {}


def test_nobody_but_the_boundary_commits():
    """A transaction is opened where a request or a command begins, and closed there."""

    def commits(tree):
        return [
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "commit"
        ]

    kit = ROOT / "verifier" / "kit"
    assert faults([path for path in SERVICE if not path.is_relative_to(kit)], commits) == {}


def test_head_names_the_one_newest_migration():
    heads = ScriptDirectory(str(ROOT / "migrations")).get_heads()
    assert (ROOT / "migrations" / "HEAD").read_text().split() == heads
    assert len(heads) == 1


@pytest.mark.parametrize("lock", LOCKS, ids=named)
def test_locks_pin_by_hash_and_name_no_place(lock):
    text = lock.read_text()
    entries = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert [entry for entry in entries if not ("==" in entry and "--hash=sha256:" in entry)] == []
    assert re.findall(r"://|--\S*index\S*|--find-links", text) == []


def test_both_locks_pin_the_same_versions():
    service, everything = map(pins, LOCKS)
    assert service.items() <= everything.items()


def test_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["build-system"]["requires"]
    names = {re.split(r"[^\w.-]", requirement)[0].lower() for requirement in wanted}
    assert names <= pins(LOCKS[0]).keys()


def pins(lock):
    return dict(re.findall(r"^([\w.-]+)(?:\[\S*\])?==(\S+)", lock.read_text(), re.MULTILINE))
