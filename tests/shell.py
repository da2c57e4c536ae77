"""Running the documentation's commands as its readers do: in a shell."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
BASH = shutil.which("bash") or "bash"
SECONDS = 540
# However the script ends, what it started ends with it.
PROLOGUE = "set -eu -o pipefail\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def run(script, folder):
    """The script's output. Every command must succeed; port 8000 is another, free one."""
    port = str(free_port())
    script = script.replace("verifier serve", f"verifier serve --workers 1 --port {port}")
    script = PROLOGUE + re.sub(r"\b8000\b", port, script)
    said = folder / "said.txt"
    with said.open("w") as output:
        shell = subprocess.Popen(
            [BASH, "-c", script], cwd=folder, env=_environment(folder, port),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    try:
        shell.wait(SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.wait()
    assert shell.returncode == 0, f"ended with {shell.returncode}:\n{said.read_text()}"
    return said.read_text()


def clean_environment():
    """This process's environment without the service's settings, but with the service."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")}
    return {**rest, "PYTHONPATH": str(ROOT)}


def _environment(folder, port):
    commands = folder / "commands"
    commands.mkdir(exist_ok=True)
    _command(commands / "verifier", sys.executable, "-m", "verifier.cli")
    _command(commands / "python3", sys.executable)
    if shutil.which("curl") is None:
        _command(commands / "curl", sys.executable, ROOT / "tests" / "curl.py")
    environ = clean_environment()
    return {
        **environ,
        "PATH": f"{commands}{os.pathsep}{environ['PATH']}",
        "VERIFIER_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "VERIFIER_LOG_LEVEL": "error",  # what a worker does meanwhile stands between the lines
    }


def _command(path, *words):
    path.write_text(f'#!/bin/sh\nexec {" ".join(map(str, words))} "$@"\n')
    path.chmod(0o755)
