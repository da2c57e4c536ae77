"""Secrets, and signatures by them, as Standard Webhooks 1.0 has them."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Final

from standardwebhooks import Webhook as Signer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

SECRET_BYTES: Final = 32


def new_secret() -> str:
    """`whsec_…`, random."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def signed(signing: Iterable[str], *, message_id: str, at: datetime, body: str) -> dict[str, str]:
    """The headers of an attempt; a signature by each secret. `at` is in UTC."""
    signatures = [Signer(secret).sign(message_id, at, body) for secret in signing]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
