"""Settings: read once, and wrong ones are told by name with what would be right."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from verifier.settings import SettingError, Settings

DATABASE = {"VERIFIER_DATABASE_URL": "sqlite:////srv/verifier.db"}


def read(**given):
    return Settings.from_env(
        DATABASE | {f"VERIFIER_{name}": value for name, value in given.items()}
    )


def test_defaults():
    settings = read()
    assert settings.database_url == "sqlite:////srv/verifier.db"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.rate_limit == 600
    assert not settings.allow_private_fetch
    assert settings.read_database_url is None
    assert (settings.log_format, settings.log_level) == ("console", "info")


def test_the_default_database_is_a_file_in_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "data" / "verifier"
    assert Settings.from_env({}).database_url == f"sqlite:///{folder}/verifier.db"
    Path("var").mkdir()
    assert Settings.from_env({}).database_url == f"sqlite:///{tmp_path}/var/verifier.db"
    assert Settings.from_env({}).archive_dir == str(tmp_path / "var" / "archive")


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("DATABASE_URL", "mysql://host/db", "postgresql://host/db"),
        ("DATABASE_URL", "/srv/verifier.db", "sqlite:////srv/verifier.db"),
        ("DATABASE_URL", "sqlite://", "sqlite:////srv/verifier.db"),
        ("DATABASE_URL", "sqlite:///:memory:", "sqlite:////srv/verifier.db"),
        ("DATABASE_URL", "postgresql://host:port/db", "postgresql://host/db"),
        ("READ_DATABASE_URL", "mysql://host/db", "postgresql://host/db"),
        ("PUBLIC_URL", "checks.example.org", "https://checks.example.org"),
        ("PUBLIC_URL", "ftp://checks.example.org", "https://checks.example.org"),
        ("PUBLIC_URL", "https://", "https://checks.example.org"),
        ("PUBLIC_URL", "https://[", "https://checks.example.org"),
        ("PUBLIC_URL", "https://a.example:port", "https://checks.example.org"),
        ("PUBLIC_URL", "https://a.example/?a=b", "https://checks.example.org"),
        ("PUBLIC_URL", "https://a.example/#a", "https://checks.example.org"),
        ("PUBLIC_URL", "https://me:secret@a.example", "https://checks.example.org"),
        ("RATE_LIMIT", "many", "a whole number"),
        ("RATE_LIMIT", "-1", "a whole number"),
        ("RATE_LIMIT", "1.5", "a whole number"),
        ("RATE_LIMIT", "٣", "a whole number"),
        ("RATE_LIMIT", "9" * 5000, "a whole number"),
        ("RATE_LIMIT_STORAGE", "bogus://x", "cannot be used"),
        ("RATE_LIMIT_STORAGE", "localhost", "cannot be used"),
        ("ALLOW_PRIVATE_FETCH", "perhaps", "true or false"),
        ("PGBOUNCER", "2", "true or false"),
        ("LOG_FORMAT", "xml", "console, json"),
        ("LOG_LEVEL", "loud", "info, debug, warning, error"),
    ],
    ids=lambda value: value[:24],
)
def test_a_wrong_value_is_told_by_name(name, value, right):
    with pytest.raises(SettingError) as error:
        read(**{name: value})
    assert str(error.value).startswith(f"VERIFIER_{name} ")
    assert right in str(error.value)
    assert "secret" not in str(error.value)


def test_an_unknown_setting_is_no_setting():
    with pytest.raises(SettingError, match="VERIFIER_DATABSE_URL is not a setting") as error:
        read(DATABSE_URL="x")
    assert "VERIFIER_DATABASE_URL" in str(error.value)


def test_private_addresses_are_fetched_in_tests_only():
    assert read(ALLOW_PRIVATE_FETCH="true", PUBLIC_URL="http://localhost:8000").allow_private_fetch
    assert read(ALLOW_PRIVATE_FETCH="1", PUBLIC_URL="http://[::1]:8000").allow_private_fetch
    with pytest.raises(SettingError, match="ALLOW_PRIVATE_FETCH") as error:
        read(ALLOW_PRIVATE_FETCH="true", PUBLIC_URL="https://checks.example.org")
    assert "https://checks.example.org" in str(error.value)


@pytest.mark.parametrize("value", ["true", "1", "yes", "ON", " True "])
def test_switches(value):
    assert read(PGBOUNCER=value).pgbouncer
    assert not read(PGBOUNCER="").pgbouncer
    assert not read(PGBOUNCER="off").pgbouncer


def test_a_trailing_slash_makes_no_second_address():
    assert read(PUBLIC_URL="https://checks.example.org/").public_url == "https://checks.example.org"


def test_the_program_stops_with_one_clear_line():
    """Before it starts any worker: those would fail one after the other."""
    environment = {"PATH": os.defpath, "VERIFIER_RATE_LIMIT_STORAGE": "bogus://x"}
    done = subprocess.run(
        [sys.executable, "-m", "verifier.cli", "serve", "--port", "0"], env=environment,
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert "VERIFIER_RATE_LIMIT_STORAGE " in done.stderr
    assert len(done.stderr.splitlines()) == 1
