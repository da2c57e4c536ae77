"""Which reviews count in a search: in lists, in what is ranked, and in what is shown alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import bindparam

from verifier.fulltext.lookup import Only
from verifier.kit.clock import rfc3339
from verifier.kit.columns import Moment
from verifier.reviews.standing import OWN_SITE, VerdictInForce

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

_IN_SQL: Final = {
    "site": "v.site IN (:site, :also)",
    "language": "v.language = :language",
    "since": "v.dated_at >= :since",
}


class Filters(NamedTuple):
    """Of one publisher's site, in one language, dated not earlier. `own_site` is this service's."""

    site: str | None = None
    language: str | None = None
    since: datetime | None = None
    own_site: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Those that are set."""
        return tuple(name for name in _IN_SQL if getattr(self, name) is not None)

    @property
    def sites(self) -> tuple[str | None, ...]:
        """The wanted site as it is stored: a verdict without an address is on our own pages."""
        return (self.site, OWN_SITE) if self.site == self.own_site else (self.site,)

    def values(self) -> dict[str, Any]:
        """The parameters of `conditions_on`."""
        return {name: getattr(self, name) for name in self.names} | {"also": self.sites[-1]}

    def only(self, dialect: str) -> Only | None:
        """As a search for words takes it."""
        if not self.names:
            return None
        wanted = " AND ".join(_IN_SQL[name] for name in self.names)
        values = self.values()
        if dialect == "sqlite" and self.since:
            values["since"] = rfc3339(self.since)
        return Only(
            "EXISTS (SELECT 1 FROM verdicts_in_force v "  # noqa: S608  (constants)
            f"WHERE v.claim_id = o.claim_id AND {wanted})",
            values,
        )


def conditions_on(row: type[VerdictInForce], names: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """The conditions of these names on a row."""
    conditions = {
        "site": row.site.in_((bindparam("site"), bindparam("also"))),
        "language": row.language == bindparam("language"),
        "since": row.dated_at >= bindparam("since", type_=Moment()),
    }
    return [conditions[name] for name in names]
