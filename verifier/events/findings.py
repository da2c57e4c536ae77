"""What is not as the trail says, and reading what may be long to find it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow, AnySelect

Progress = Callable[[int], None]
BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the trail says: where, and what is wrong with it."""

    where: str
    detail: str


def streamed(session: Session, query: AnySelect) -> Iterator[AnyRow]:
    """Rows a batch at a time; the cursor is closed also where they are not read to the end."""
    with closing(session.execute(query, execution_options={"yield_per": BATCH})) as result:
        yield from result
