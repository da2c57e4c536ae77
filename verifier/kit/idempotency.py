"""Safe retries: the first answer to a keyed POST is kept in the same transaction as its effect.

So either both are there or neither, whatever crashes, in whichever process. Follows the IETF draft
"The Idempotency-Key HTTP Header Field". The kept answer may hold a secret (a new token), so it is
encrypted with a key that only the caller can make again: from their token and their key.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Index, LargeBinary, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.clock import now
from verifier.kit.columns import Id, Moment
from verifier.kit.db import Base
from verifier.kit.errors import Conflict, InputFault, Invalid, Unreadable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KEPT_FOR: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255
SWEPT_AT_ONCE: Final = 10
REPLAYED_HEADERS: Final = ("Content-Type", "Location", "ETag")


class IdempotencyKeyReused(Invalid):
    """This `Idempotency-Key` was used within 24 hours for a different request.

    A key stands for one request: use a new one for a new request.
    """

    title = "The idempotency key belongs to another request"


class StillRunning(Conflict):
    """The first request with this `Idempotency-Key` is still being worked on. Ask again shortly."""

    title = "The first request with this key is still running"


class IdempotencyKeyUnreadable(Unreadable):
    """`Idempotency-Key` is 1 to 255 printable ASCII characters, for example a UUID."""


class KeptAnswer(Base):
    """The answer to a keyed request, sealed."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "kept_at"),)

    account_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire again: status, the headers that matter, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a keyed request by one account."""

    account_id: str
    key_hash: str
    request_hash: str
    seal: bytes

    @classmethod
    def of(cls, *, account_id: str, token: str, key: str, request: tuple[bytes, ...]) -> Attempt:
        """`request` is whatever makes two requests the same: method, path, query, body."""
        if not (1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            message = f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters."
            raise IdempotencyKeyUnreadable(message)
        return cls(
            account_id=account_id,
            key_hash=hashlib.sha256(key.encode()).hexdigest(),
            request_hash=hashlib.sha256(b"\0".join(request)).hexdigest(),
            seal=base64.urlsafe_b64encode(hashlib.sha256(f"{token}\0{key}".encode()).digest()),
        )

    @property
    def lock_number(self) -> int:
        """A signed 64-bit number for PostgreSQL's advisory lock."""
        digest = hashlib.sha256(f"{self.account_id}{self.key_hash}".encode()).digest()
        return int.from_bytes(digest[:8], signed=True)


def earlier_answer(session: Session, attempt: Attempt) -> Answer | None:
    """The answer this attempt got before. Raises `IdempotencyKeyReused` or `StillRunning`."""
    _hold(session, attempt)
    kept = session.get(KeptAnswer, (attempt.account_id, attempt.key_hash))
    if kept is None:
        return None
    if kept.kept_at < now() - KEPT_FOR:
        session.delete(kept)
        session.flush()
        return None
    fault = InputFault("", "This Idempotency-Key was used for a different request; take a new one.")
    if kept.request_hash != attempt.request_hash:
        raise IdempotencyKeyReused([fault])
    try:
        status, headers, body = orjson.loads(Fernet(attempt.seal).decrypt(kept.answer))
    except InvalidToken:
        raise IdempotencyKeyReused([fault]) from None
    return Answer(status, headers, base64.b64decode(body))


def keep_answer(session: Session, attempt: Attempt, answer: Answer) -> None:
    """Seal and keep the answer, and sweep out a few that are past their time."""
    sealed = orjson.dumps([answer.status, answer.headers, base64.b64encode(answer.body).decode()])
    session.add(
        KeptAnswer(
            account_id=attempt.account_id,
            key_hash=attempt.key_hash,
            request_hash=attempt.request_hash,
            answer=Fernet(attempt.seal).encrypt(sealed),
            kept_at=now(),
        )
    )
    session.flush()
    old = (
        select(KeptAnswer.account_id, KeptAnswer.key_hash)
        .where(KeptAnswer.kept_at < now() - KEPT_FOR)
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for account_id, key_hash in session.execute(old).all():
        session.execute(
            delete(KeptAnswer).where(
                KeptAnswer.account_id == account_id, KeptAnswer.key_hash == key_hash
            )
        )


def _hold(session: Session, attempt: Attempt) -> None:
    """One attempt at a time; SQLite's single writer already sees to that."""
    if session.get_bind().dialect.name != "postgresql":
        return
    lock: Any = func.pg_try_advisory_xact_lock(attempt.lock_number)
    if not session.scalar(select(lock)):
        message = "The first request with this Idempotency-Key is still running; ask again shortly."
        raise StillRunning(message, headers={"Retry-After": "1"})
