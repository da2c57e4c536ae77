"""The demonstration: the whole job on a fresh database, through the real server's API."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from rich.console import Console

from verifier.demo import cast, checking, intake, outcome, server, watching
from verifier.demo.stage import HOST, Stage, Unexpected
from verifier.kit import migrations, sqlite
from verifier.kit.db import Database

FOLDER: Final = Path("var/demo")
DATABASE: Final = "demo.db"
ARCHIVE: Final = "archive"
LOG: Final = "server.log"


def run_demo(port: int) -> None:
    """Do the whole job and say how to go on; exit 1 where a step does not go as it should.

    The server listens on the port, or on any free one where that is 0.
    """
    _write_what_can_be_written()
    console = Console(highlight=False, soft_wrap=True)
    started = time.monotonic()
    try:
        words = _play(console, server.free_port(port))
    except (Unexpected, OSError) as error:
        console.file.flush()
        errors = Console(stderr=True, style="red", soft_wrap=True)
        errors.print(f"\nThe demonstration failed. {error}", markup=False)
        sys.exit(1)
    console.rule(style="dim", characters="─")
    console.print(f"Done in {time.monotonic() - started:.0f} s: every answer was as expected.")
    console.print(words, markup=False, soft_wrap=True)


def _play(console: Console, port: int) -> str:
    console.print("All outlets, people and ratings are invented: they say nothing of the world.")
    folder = _fresh_folder()
    url = f"sqlite:///{(folder / DATABASE).resolve()}"
    archive = (folder / ARCHIVE).resolve()
    environ, story = server.environment(url, archive), intake.Story()
    tokens: dict[str, str] = {}
    stage = Stage(console, port, tokens)
    stage.act("Two desks that check together")
    stage.say(f"A new database in {folder}, at revision {migrations.upgrade(url)}.")
    with ExitStack() as finally_:
        database = Database(url)
        finally_.callback(database.dispose)
        tokens[cast.CHIEF] = cast.hire_operator(database)
        finally_.enter_context(server.serving(port, environ, folder / LOG))
        stage.say(f"The server is up: verifier serve --with-worker, on http://{HOST}:{port}.")
        cast.set_up_desks(stage)
        tokens |= cast.hand_out_tokens(database)
        stage.say("Each of them gets a token, as by `verifier token create`.")
        _tell(stage, story)
        outcome.export_everything(stage, story, folder)
    stage.act("The trail")
    stage.say("verifier audit verify")
    stage.say(f"  {server.run(environ, 'audit', 'verify')}")
    stage.say("verifier archive check")
    stage.say(f"  {server.run(environ, 'archive', 'check')}")
    made = Path("Makefile").exists()
    serve = "make serve" if made else "verifier serve --with-worker"
    settings = f"VERIFIER_DATABASE_URL={url} VERIFIER_ARCHIVE_DIR={archive}"
    return outcome.closing_words(folder, f"{settings} {serve}", tokens["Samir"], story)


def _tell(stage: Stage, story: intake.Story) -> None:
    for act in (
        intake.take_in_the_article,
        intake.anchor_the_claims,
        intake.sort_the_claims,
        intake.collect_sources,
        checking.check_the_assurance,
        checking.check_the_backing,
        checking.publish_the_visit,
        watching.watch_a_page,
        checking.correct_the_assurance,
        checking.leave_one_waiting,
        outcome.read_the_history,
    ):
        act(stage, story)


def _fresh_folder() -> Path:
    """The folder without what an earlier run has left. Raises `Unexpected` while that is in use."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _refuse_database_in_use(FOLDER / DATABASE)
    left = [*FOLDER.glob(f"{DATABASE}*"), *(FOLDER / name for name in outcome.FILES.values())]
    for file in left:
        file.unlink(missing_ok=True)
    shutil.rmtree(FOLDER / ARCHIVE, ignore_errors=True)
    return FOLDER


def _refuse_database_in_use(file: Path) -> None:
    """SQLite leaves WAL mode only for somebody who has the database to themself."""
    if not file.exists():
        return
    driver = sqlite.driver()
    with closing(driver.connect(file, timeout=0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except driver.OperationalError:
            message = f"A server still uses {file}; stop it first."
            raise Unexpected(message) from None
        except driver.DatabaseError:
            return  # not a database; it will be replaced


def _write_what_can_be_written() -> None:
    """A terminal that has no arrows shows question marks instead of an error."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
