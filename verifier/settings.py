"""Every setting of the service, read once from the environment and checked at the start."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "VERIFIER_"
DATABASE_SCHEMES = ("sqlite", "postgresql", "postgresql+psycopg")
MOST_DIGITS = 9
LOG_FORMATS = ("console", "json")
LOCAL_URL = "http://127.0.0.1:8000"
IN_MEMORY = "memory://"
REMOTE = re.compile(r"([a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)=(https?://\S+)")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


class SettingError(ValueError):
    """A setting is missing or makes no sense; the message names it and says what would be right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The service's settings; the docs' operator page says what each is for."""

    database_url: str
    read_database_url: str | None = None
    pgbouncer: bool = False
    public_url: str = LOCAL_URL
    archive_dir: str = "var/archive"
    rate_limit: int = 0
    rate_limit_storage: str = IN_MEMORY
    fetch_proxy: str | None = None
    allow_private_fetch: bool = False
    embedding_model: str | None = None
    remote_searches: str | None = field(default=None, repr=False)  # it holds keys
    audit_key: str | None = None
    log_format: str = "console"
    log_level: str = "info"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `VERIFIER_…` variables. Raises `SettingError` for an unknown or unusable one."""
        given = {
            name.removeprefix(PREFIX).lower(): value.strip()
            for name, value in (os.environ if environ is None else environ).items()
            if name.startswith(PREFIX) and not name.startswith(f"{PREFIX}TEST_")
        }
        unknown = sorted(set(given) - set(cls.__dataclass_fields__))
        if unknown:
            known = ", ".join(PREFIX + name.upper() for name in cls.__dataclass_fields__)
            message = f"{PREFIX}{unknown[0].upper()} is not a setting; there are {known}."
            raise SettingError(message)
        folder = data_folder()
        settings = cls(
            database_url=given.get("database_url") or f"sqlite:///{folder / 'verifier.db'}",
            read_database_url=given.get("read_database_url") or None,
            pgbouncer=_switch(given, "pgbouncer"),
            public_url=(given.get("public_url") or LOCAL_URL).rstrip("/"),
            archive_dir=given.get("archive_dir") or str(folder / "archive"),
            rate_limit=_whole_number(given, "rate_limit", default=600),
            rate_limit_storage=given.get("rate_limit_storage") or IN_MEMORY,
            fetch_proxy=given.get("fetch_proxy") or None,
            allow_private_fetch=_switch(given, "allow_private_fetch"),
            embedding_model=given.get("embedding_model") or None,
            remote_searches=given.get("remote_searches") or None,
            audit_key=given.get("audit_key") or None,
            log_format=_one_of(given, "log_format", LOG_FORMATS),
            log_level=_one_of(given, "log_level", ("info", "debug", "warning", "error")),
        )
        settings.check()
        return settings

    def check(self) -> None:
        """Raise `SettingError` for values that contradict each other or name nothing usable."""
        for name in ("database_url", "read_database_url"):
            url = getattr(self, name)
            if url is not None and not _names_a_database(url):
                raise _wrong(name, "a URL like sqlite:////srv/verifier.db or postgresql://host/db")
        public = _read_address(self.public_url)
        if public is None:
            raise _wrong("public_url", "an absolute URL such as https://checks.example.org")
        if "://" in self.archive_dir:
            _check_store(self.archive_dir)
        if self.fetch_proxy is not None and _read_proxy(self.fetch_proxy) is None:
            raise _wrong("fetch_proxy", "an http URL such as http://egress.example:3128")
        if self.rate_limit_storage != IN_MEMORY:
            try:
                storage_from_string(self.rate_limit_storage)
            except (ConfigurationError, ValueError) as error:
                message = f"{PREFIX}RATE_LIMIT_STORAGE cannot be used: {error}."
                raise SettingError(message) from None
        self.remotes()
        if self.allow_private_fetch and public.hostname not in LOOPBACK_HOSTS:
            message = (
                f"{PREFIX}ALLOW_PRIVATE_FETCH is for tests only and cannot go together with the "
                f"public address {self.public_url}."
            )
            raise SettingError(message)

    def remotes(self) -> dict[str, str]:
        """Addresses of other people's `claims:search`, by name. Raises `SettingError`."""
        found: dict[str, str] = {}
        for n, part in enumerate(re.split(r",\s*(?=[a-z0-9-]+=)", self.remote_searches or ""), 1):
            if not part.strip():
                continue
            named = REMOTE.fullmatch(part.strip())
            parts = _read_address(named[2].partition("?")[0]) if named else None
            if named is None or parts is None or "#" in named[2] or named[1] in found:
                message = f"its part {n} is no name=https://… of its own"
                raise SettingError(f"{PREFIX}REMOTE_SEARCHES cannot be used: {message}.")
            if parts.scheme != "https" and not self.allow_private_fetch:
                message = f"{named[1]!r} must be asked by https"
                raise SettingError(f"{PREFIX}REMOTE_SEARCHES cannot be used: {message}.")
            found[named[1]] = named[2]
        return found


def data_folder() -> Path:
    """`./var` where there is one, else the user's data folder (XDG Base Directory)."""
    local = Path("var")
    if local.is_dir():
        return local.resolve()
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "verifier"


def _names_a_database(url: str) -> bool:
    """Whether it is one that stays: SQLite in memory is a new database for each connection."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return False
    if parsed.drivername == "sqlite":
        return parsed.database not in (None, "", ":memory:")
    return parsed.drivername in DATABASE_SCHEMES


def _read_address(url: str) -> SplitResult | None:
    """The parts of an absolute http(s) URL to which paths can be added; None for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    rest = parts.query or parts.fragment or parts.username or parts.password
    return parts if usable and not rest else None


def _check_store(url: str) -> None:
    """Raise `SettingError` unless what such a URL takes is installed."""
    try:
        from fsspec import get_filesystem_class  # noqa: PLC0415  (an extra)

        get_filesystem_class(url.partition("://")[0])
    except (ImportError, ValueError) as error:
        message = f"{PREFIX}ARCHIVE_DIR cannot be used ({error}); S3 needs the extra verifier[s3]."
        raise SettingError(message) from None


def _read_proxy(url: str) -> SplitResult | None:
    """The parts of an egress proxy's address; it may name a user and a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme == "http" and parts.hostname and parts.port
    except ValueError:
        return None
    return parts if usable and parts.path in ("", "/") and not parts.query else None


def _wrong(name: str, right: str) -> SettingError:
    return SettingError(f"{PREFIX}{name.upper()} must be {right}.")


def _switch(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "").lower()
    if value in ("", "0", "false", "no", "off"):
        return False
    if value in ("1", "true", "yes", "on"):
        return True
    raise _wrong(name, "true or false")


def _whole_number(given: Mapping[str, str], name: str, *, default: int) -> int:
    value = given.get(name, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > MOST_DIGITS:
        raise _wrong(name, "a whole number, 0 or more")
    return int(value)


def _one_of(given: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = given.get(name) or choices[0]
    if value not in choices:
        raise _wrong(name, "one of " + ", ".join(choices))
    return value
