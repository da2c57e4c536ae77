"""Setting up desks and who works in them. Every change is on the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select

from verifier.accounts.actor import Role
from verifier.accounts.models import Account, Desk, Membership, Partnership, RatingScale
from verifier.accounts.permissions import Permission, demand
from verifier.accounts.scales import DEFAULT_SCALE
from verifier.events.service import SERVER_CHAIN, lock_chain, record
from verifier.kit.clock import new_id, now
from verifier.kit.errors import Conflict, Duplicate, Invalid, NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch

POLICY_DEFAULTS: Final[dict[str, Any]] = {
    "approvals_required": 1,
    "approving_desks": 1,
    "evidence_required": 1,
    "independent_sources": 1,
    "archive_required": False,
    "blind_second_rating": False,
    "recheck_after": None,
    "respect_robots": True,
}


class DeskExists(Duplicate):
    """A desk with this slug is here already; slugs are unique on a server."""


class AlreadyMember(Duplicate):
    """This account is a member of the desk already; change its role with PATCH."""


class LastAdmin(Conflict):
    """A desk keeps at least one admin: make somebody else an admin first."""


def create_desk(session: Session, actor: Actor, *, slug: str, **members: Any) -> Desk:
    """A new desk with the default rating scale. Only an operator's right."""
    if not actor.is_operator:
        message = "Only an operator of this server creates desks."
        raise NotAllowed(message, permission=Permission.DESK_CREATE.value)
    lock_chain(session, SERVER_CHAIN)
    if session.scalar(select(Desk.id).where(Desk.slug == slug)) is not None:
        message = f"There is a desk with the slug {slug!r} already."
        raise DeskExists(message, existing=f"/v1/desks/{slug}")
    policy = {**POLICY_DEFAULTS, **members.pop("policy", {})}
    partners = policy.pop("partners", [])
    moment = now()
    desk = Desk(id=new_id(), slug=slug, created_at=moment, updated_at=moment, scale_version=1)
    _assign(desk, {"url": None, "language": "en", **members, **policy})
    session.add(desk)
    record(
        session, actor, "desk.created", desk, desk_id=desk.id, partners=partners,
        ratings=DEFAULT_SCALE,
    )  # fmt: skip
    session.add(RatingScale(desk_id=desk.id, version=1, ratings=DEFAULT_SCALE, created_at=moment))
    _set_partners(session, desk, partners)
    return desk


def update_desk(
    session: Session, actor: Actor, slug: str, *, if_match: IfMatch, **members: Any
) -> Desk:
    """Change a desk's name, address, language or policy."""
    desk = load_desk(session, actor, slug, for_update=True)
    demand_in_desk(actor, Permission.DESK_UPDATE, desk)
    if_match.check(desk.version)
    policy = members.pop("policy", {})
    partners = policy.pop("partners", None)
    _assign(desk, {**members, **policy})
    desk.updated_at = now()
    details = {} if partners is None else {"partners": partners}
    if partners is not None:
        _set_partners(session, desk, partners)
    record(session, actor, "desk.updated", desk, desk_id=desk.id, **details)
    return desk


def load_desk(session: Session, actor: Actor, slug: str, *, for_update: bool = False) -> Desk:
    """The desk, if the actor may know of it."""
    query = select(Desk).where(Desk.slug == slug)
    desk = session.scalar(query.with_for_update() if for_update else query)
    if desk is None or not (actor.is_operator or desk.id in actor.readable_desks):
        message = f"There is no desk {slug!r}, or you are not in it."
        raise NotFound(message)
    return desk


def demand_in_desk(actor: Actor, permission: Permission, desk: Desk) -> None:
    """As `demand`, for a desk that has been found visible to this actor."""
    if actor.is_operator and desk.id not in actor.readable_desks:
        if permission in (Permission.DESK_UPDATE, Permission.MEMBER_MANAGE, Permission.MEMBER_READ):
            return
        message = f"{permission.value} needs a role in this desk; you are its server's operator."
        raise NotAllowed(message, permission=permission.value)
    demand(actor, permission, desk.id)


def desk_for(session: Session, actor: Actor, permission: Permission, slug: str | None) -> Desk:
    """The desk to act in: the one named, else the only one where the actor has the permission."""
    if slug is not None:
        desk = load_desk(session, actor, slug)
        demand_in_desk(actor, permission, desk)
        return desk
    if len(actor.roles) != 1:
        message = "Say which desk this is for: you are in none, or in several."
        raise Invalid.member("/desk", message)
    desk = session.get_one(Desk, next(iter(actor.roles)))
    demand(actor, permission, desk.id)
    return desk


def create_account(
    session: Session, actor: Actor, *, email: str, name: str, is_operator: bool = False
) -> Account:
    """A new account. Only an operator's right."""
    if not actor.is_operator:
        message = "Only an operator of this server creates accounts."
        raise NotAllowed(message)
    lock_chain(session, SERVER_CHAIN)
    email = email.strip().lower()
    if session.scalar(select(Account.id).where(Account.email == email)) is not None:
        message = "There is an account with this e-mail address already."
        raise Duplicate(message, existing=email)
    moment = now()
    account = Account(
        id=new_id(), email=email, name=name, is_operator=is_operator, deactivated_at=None,
        created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(account)
    record(session, actor, "account.created", account, desk_id=None)
    return account


def set_active(session: Session, actor: Actor, account: Account, *, active: bool) -> None:
    """Close an account, whose tokens end with it at once, or open it again. An operator's right."""
    if not actor.is_operator:
        message = "Only an operator of this server closes accounts."
        raise NotAllowed(message)
    account.deactivated_at, account.updated_at = None if active else now(), now()
    event_type = "account.activated" if active else "account.deactivated"
    record(session, actor, event_type, account, desk_id=None)


def find_account(session: Session, email: str) -> Account | None:
    """The account with that e-mail address."""
    return session.scalar(select(Account).where(Account.email == email.strip().lower()))


def add_member(
    session: Session, actor: Actor, slug: str, *, email: str, role: str, name: str | None = None
) -> Membership:
    """Give an account a role in the desk; an operator's `name` makes a new account if need be."""
    desk = load_desk(session, actor, slug, for_update=True)
    demand_in_desk(actor, Permission.MEMBER_MANAGE, desk)
    account = find_account(session, email)
    if account is None and actor.is_operator and name:
        account = create_account(session, actor, email=email, name=name)
    if account is None:
        message = "No account has this e-mail address; an operator of this server can create it."
        raise Invalid.member("/email", message)
    mine = (Membership.desk_id == desk.id, Membership.account_id == account.id)
    if session.scalar(select(Membership.id).where(*mine)) is not None:
        message = f"{account.name} is a member of this desk already."
        raise AlreadyMember(message, existing=f"/v1/desks/{slug}/members/{account.id}")
    moment = now()
    member = Membership(
        id=new_id(), desk_id=desk.id, account_id=account.id, role=int(Role[role]),
        created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(member)
    record(session, actor, "member.added", member, desk_id=desk.id)
    return member


def change_role(
    session: Session, actor: Actor, slug: str, account_id: str, *, role: str, if_match: IfMatch
) -> Membership:
    """Give a member another role."""
    member = find_member(session, actor, slug, account_id, change=True)
    if_match.check(member.version)
    if Role[role] < Role.admin:
        _refuse_last_admin(session, member)
    member.role, member.updated_at = int(Role[role]), now()
    record(session, actor, "member.role_changed", member, desk_id=member.desk_id)
    return member


def remove_member(
    session: Session, actor: Actor, slug: str, account_id: str, *, if_match: IfMatch
) -> None:
    """End a membership; what the member did stays."""
    member = find_member(session, actor, slug, account_id, change=True)
    if_match.check(member.version)
    _refuse_last_admin(session, member)
    record(session, actor, "member.removed", member, desk_id=member.desk_id, removed=True)
    session.execute(delete(Membership).where(Membership.id == member.id))


def find_member(
    session: Session, actor: Actor, slug: str, account_id: str, *, change: bool = False
) -> Membership:
    """The account's membership of the desk, locked where it is about to be changed."""
    desk = load_desk(session, actor, slug, for_update=change)
    permission = Permission.MEMBER_MANAGE if change else Permission.MEMBER_READ
    demand_in_desk(actor, permission, desk)
    mine = (Membership.desk_id == desk.id, Membership.account_id == account_id)
    member = session.scalar(select(Membership).where(*mine))
    if member is None:
        message = "This account is no member of the desk."
        raise NotFound(message)
    return member


def _refuse_last_admin(session: Session, member: Membership) -> None:
    if member.role != Role.admin:
        return
    admins = select(func.count()).where(
        Membership.desk_id == member.desk_id, Membership.role == int(Role.admin)
    )
    if session.scalar(admins) == 1:
        message = "This is the desk's last admin: make somebody else an admin first."
        raise LastAdmin(message)


def _assign(desk: Desk, members: dict[str, Any]) -> None:
    for name, value in members.items():
        setattr(desk, name, value)


def _set_partners(session: Session, desk: Desk, slugs: Sequence[str]) -> None:
    found = dict(session.execute(select(Desk.slug, Desk.id).where(Desk.slug.in_(slugs))).all())
    for n, slug in enumerate(slugs):
        if slug not in found or found[slug] == desk.id:
            message = f"There is no other desk {slug!r} on this server."
            raise Invalid.member(f"/policy/partners/{n}", message)
    session.execute(delete(Partnership).where(Partnership.desk_id == desk.id))
    session.add_all(
        Partnership(desk_id=desk.id, partner_id=partner) for partner in sorted(set(found.values()))
    )
    session.flush()
