"""Who plays: two desks that work together, and the people in them, each with a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from verifier.accounts.actor import OPERATOR
from verifier.desks import service, tokens

if TYPE_CHECKING:
    from verifier.demo.stage import Stage
    from verifier.kit.db import Database

DESKS: Final[tuple[dict[str, Any], ...]] = (
    {"slug": "caspian-check", "name": "Caspian Check", "url": "https://caspiancheck.example"},
    {
        "slug": "border-desk",
        "name": "Border Desk",
        "url": "https://borderdesk.example",
        "policy": {
            "approvals_required": 2,
            "approving_desks": 2,
            "partners": ["caspian-check"],
            "evidence_required": 2,
            "independent_sources": 2,
            "blind_second_rating": True,
        },
    },
)
"""Border Desk asks for two approvals by two desks, each rated blind, on evidence from two sites."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role in a desk."""

    name: str
    email: str
    desk: str
    role: str


MEMBERS: Final = (
    Member("Leyla", "leyla@borderdesk.example", "border-desk", "contributor"),
    Member("Tural", "tural@borderdesk.example", "border-desk", "reviewer"),
    Member("Günay", "gunay@borderdesk.example", "border-desk", "reviewer"),
    Member("Samir", "samir@borderdesk.example", "border-desk", "editor"),
    Member("Maka", "maka@caspiancheck.example", "caspian-check", "reviewer"),
)
CHIEF: Final = "Ines"
"""The server's operator, who sets up desks and people and checks nothing."""


def hire_operator(database: Database) -> str:
    """As `verifier account create … --operator` and `verifier token create …` do; the token."""
    with database.transaction() as session:
        account = service.create_account(
            session, OPERATOR, email="ines@server.example", name=CHIEF, is_operator=True
        )
        return tokens.issue_token(session, OPERATOR, account=account, name="demonstration")[1]


def set_up_desks(stage: Stage) -> None:
    """The operator makes the desks and their members, through the API."""
    for desk in DESKS:
        stage.call(CHIEF, "POST /v1/desks", desk, expect="201")
    for member in MEMBERS:
        sent = {"email": member.email, "name": member.name, "role": member.role}
        stage.call(CHIEF, f"POST /v1/desks/{member.desk}/members", sent, expect="201")


def hand_out_tokens(database: Database) -> dict[str, str]:
    """As `verifier token create EMAIL` does for each member: name → token."""
    made = {}
    with database.transaction() as session:
        for member in MEMBERS:
            account = service.find_account(session, member.email)
            if account is not None:
                _, made[member.name] = tokens.issue_token(
                    session, OPERATOR, account=account, name="demonstration"
                )
    return made
