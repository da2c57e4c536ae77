"""A message in the shape that Slack's incoming webhooks take, made of the standard one."""

from __future__ import annotations

from typing import Any, Final

import orjson

from verifier.webhooks.types import TYPES

LONGEST_QUOTE: Final = 500
LONGEST_ESCAPED: Final = 570  # five of them fit into a section, of which Slack takes 3,000


def slack_body(body: str) -> str:
    """`text` for notifications, and `blocks` for the channel; the same for the same message."""
    message: dict[str, Any] = orjson.loads(body)
    data = message["data"]
    headline = TYPES.get(message["type"], message["type"])
    claim, verdict = data["claim"], data.get("verdict")
    lines = [f"*{escaped(headline)}*"]
    if claim:
        lines.append(f"> {quoted(claim['text'])}")
    if verdict:
        title = f": {quoted(verdict['title'])}" if verdict["title"] else ""
        lines.append(f"Rated *{quoted(verdict['label'])}*{title}")
    lines += _reasons(verdict) if verdict else []
    blocks = [_block("\n".join(lines))]
    where = _link(claim, verdict)
    if where:
        blocks.append(_block(f"<{where}|Read the fact-check>"))
    text = f"{headline}: {quoted(claim['text'])}" if claim else headline
    return orjson.dumps({"text": text, "blocks": blocks}).decode()


def escaped(text: str) -> str:
    """Text that Slack shows as it is: no link, no mention, no channel is made of it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """One line, escaped, of a bounded length."""
    line = " ".join(text.split())
    whole = escaped(line)
    if len(line) <= LONGEST_QUOTE and len(whole) <= LONGEST_ESCAPED:
        return whole
    # An escape is five characters at most.
    most = LONGEST_QUOTE if len(whole) <= LONGEST_ESCAPED else LONGEST_ESCAPED // 5
    return f"{escaped(line[:most])}…"


def _reasons(verdict: dict[str, Any]) -> list[str]:
    said = []
    if verdict["correction"]:
        said.append(f"Corrected: {quoted(verdict['correction']['note'])}")
    if verdict["retracted_reason"]:
        said.append(f"Retracted: {quoted(verdict['retracted_reason'])}")
    return said


def _block(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _link(claim: dict[str, Any] | None, verdict: dict[str, Any] | None) -> str | None:
    """Where the public reads it: the desk's own article, or the page here."""
    url = verdict["url"] if verdict and verdict["url"] else claim and claim["page"]
    return escaped(url).replace("|", "%7C") if url else None
