"""Reading desks, members and tokens: the database builds each document, one query an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import case, select
from sqlalchemy.orm import aliased

from verifier.accounts.actor import Role
from verifier.accounts.models import Account, Desk, Membership, Partnership, RatingScale, Token
from verifier.kit.columns import json_list, json_object, json_text
from verifier.kit.pagination import Order, fetch_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

DESKS: Final = Order(None, Desk.id)
MEMBERS: Final = Order(None, Membership.id)
TOKENS: Final = Order(None, Token.id, descending=True)

_partner = aliased(Desk)
_partners = (
    select(json_list(_partner.slug, order_by=_partner.slug))
    .join(Partnership, Partnership.partner_id == _partner.id)
    .where(Partnership.desk_id == Desk.id)
    .correlate(Desk)
    .scalar_subquery()
)
_scale = json_object(version=RatingScale.version, ratings=RatingScale.ratings)
_desk = json_object(
    id=Desk.id,
    slug=Desk.slug,
    name=Desk.name,
    url=Desk.url,
    language=Desk.language,
    policy=json_object(
        approvals_required=Desk.approvals_required,
        approving_desks=Desk.approving_desks,
        partners=_partners,
        evidence_required=Desk.evidence_required,
        independent_sources=Desk.independent_sources,
        archive_required=Desk.archive_required,
        blind_second_rating=Desk.blind_second_rating,
        recheck_after=Desk.recheck_after,
        respect_robots=Desk.respect_robots,
    ),
    rating_scale=_scale,
    version=Desk.version,
    created_at=Desk.created_at,
    updated_at=Desk.updated_at,
)
_DESKS: Final = select(json_text(_desk).label("document"), Desk.id, Desk.version).join(
    RatingScale,
    (RatingScale.desk_id == Desk.id) & (RatingScale.version == Desk.scale_version),
)
_SCALE: Final = select(json_text(_scale).label("document"), RatingScale.version)

_role = case({int(role): role.name for role in Role}, value=Membership.role)
_member = json_object(
    account=json_object(id=Account.id, name=Account.name, email=Account.email),
    role=_role,
    version=Membership.version,
    created_at=Membership.created_at,
    updated_at=Membership.updated_at,
)
_MEMBERS: Final = select(
    json_text(_member).label("document"), Membership.id, Membership.version
).join(Account, Account.id == Membership.account_id)

_token = json_object(
    id=Token.id,
    name=Token.name,
    scopes=Token.scopes,
    version=Token.version,
    created_at=Token.created_at,
    expires_at=Token.expires_at,
    last_used_at=Token.last_used_at,
    revoked_at=Token.revoked_at,
)
_TOKENS: Final = select(json_text(_token).label("document"), Token.id)


def desk_document(session: Session, desk_id: str) -> AnyRow:
    """One desk: `document` (JSON text), `id`, `version`."""
    return session.execute(_DESKS.where(Desk.id == desk_id)).one()


def scale_document(session: Session, desk: Desk) -> AnyRow:
    """The desk's present rating scale: `document`, `version`."""
    present = (RatingScale.desk_id == desk.id, RatingScale.version == desk.scale_version)
    return session.execute(_SCALE.where(*present)).one()


def desks_page(session: Session, actor: Actor, page: PageRequest) -> Sequence[AnyRow]:
    """Desks the actor may know of, and one more than the page holds."""
    visible = [] if actor.is_operator else [Desk.id.in_(actor.readable_desks)]
    return fetch_page(session, _DESKS.where(*visible), DESKS, page)


def members_page(session: Session, desk: Desk, page: PageRequest) -> Sequence[AnyRow]:
    """The desk's members, and one more than the page holds."""
    return fetch_page(session, _MEMBERS.where(Membership.desk_id == desk.id), MEMBERS, page)


def member_document(session: Session, member_id: str) -> AnyRow:
    """One member: `document`, `id`, `version`."""
    return session.execute(_MEMBERS.where(Membership.id == member_id)).one()


def tokens_page(session: Session, actor: Actor, page: PageRequest) -> Sequence[AnyRow]:
    """The actor's own tokens, newest first, and one more than the page holds."""
    return fetch_page(session, _TOKENS.where(Token.account_id == actor.account_id), TOKENS, page)


def token_document(session: Session, token_id: str) -> AnyRow:
    """One token, without its secret."""
    return session.execute(_TOKENS.where(Token.id == token_id)).one()


def roles_of(session: Session, actor: Actor) -> list[dict[str, str]]:
    """The actor's desks and roles, by slug."""
    query = select(Desk.id, Desk.slug, Desk.name).where(Desk.id.in_(actor.roles))
    rows = session.execute(query.order_by(Desk.slug))
    return [{"desk": row.slug, "name": row.name, "role": actor.roles[row.id].name} for row in rows]
