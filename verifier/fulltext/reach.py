"""Where somebody's search looks: in their desks' claims, and in what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import bindparam, or_, select

from verifier.accounts.models import Desk
from verifier.fulltext.lookup import Only
from verifier.fulltext.models import PUBLIC, SearchScope
from verifier.fulltext.terms import language_of
from verifier.kit.columns import is_among

if TYPE_CHECKING:
    from verifier.accounts.actor import Actor
    from verifier.kit.rows import Reader

MOST_LANGUAGES: Final = 4
USUAL_LANGUAGE: Final = "en"


class Reach(NamedTuple):
    """Numbers of scopes, the desks that they are of, and the languages that may be asked in.

    `only` narrows down what is wanted of what is published, such as to one desk's.
    """

    scopes: tuple[int, ...]
    languages: tuple[str, ...]
    desks: tuple[str, ...] = ()
    only: Only | None = None

    @property
    def is_public(self) -> bool:
        """Whether what is published is looked at, whichever desk's it is."""
        return PUBLIC in self.scopes


_DESKS: Final = (
    select(SearchScope.id, SearchScope.desk_id, Desk.language, Desk.slug)
    .join(Desk, Desk.id == SearchScope.desk_id)
    .where(or_(is_among(Desk.id, "readable"), Desk.slug == bindparam("wanted")))
)


def reach_of(
    reader: Reader,
    actor: Actor,
    text: str,
    *,
    language: str | None = None,
    desk: str | None = None,
) -> Reach:
    """What the actor may see, or one desk's of that."""
    readable = sorted(actor.readable_desks)
    desks = reader.execute(_DESKS, {"readable": readable, "wanted": desk or ""}).all()
    mine = [each for each in desks if each.desk_id in actor.readable_desks]
    tried = [language] if language else [language_of(text), *(each.language for each in mine)]
    languages = tuple(dict.fromkeys(filter(None, tried)))[:MOST_LANGUAGES] or (USUAL_LANGUAGE,)
    if desk is None:
        scopes = (PUBLIC, *(each.id for each in mine))
        return Reach(scopes, languages, tuple(each.desk_id for each in mine))
    home = next((each for each in desks if each.slug == desk), None)
    if home is None:
        return Reach((), languages)
    if home in mine:
        return Reach((home.id,), languages, (home.desk_id,))
    return Reach((PUBLIC,), languages, only=Only.of_scope(home.id))
