"""What commands show and where they write: progress bars for people, whole files for programs."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

ERRORS = Console(stderr=True)


@contextmanager
def progress(title: str, *, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal's standard error; nothing where there is none."""
    columns = (*Progress.get_default_columns(), TimeElapsedColumn(), TextColumn(unit))
    with Progress(*columns, console=ERRORS, disable=not ERRORS.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def counted(texts: Iterable[str], tell: Callable[[int], None]) -> Iterator[str]:
    for number, text in enumerate(texts, 1):
        if number % 500 == 0:
            tell(number)
        yield text


def write(chunks: Iterable[bytes], output: Path | None) -> None:
    """To standard output, or to a file that appears whole or not at all."""
    if output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        return
    part = output.with_name(f"{output.name}.part")
    with part.open("wb") as file:
        file.writelines(chunks)
    part.replace(output)
