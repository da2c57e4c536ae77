"""For each operation of the API a request that succeeds, and the work in which it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tests.document import OPERATIONS
from tests.newsroom import QUOTE, Newsroom
from verifier.accounts.scales import DEFAULT_SCALE
from verifier.drift.reading import ReadSnapshot
from verifier.events.checkpoints import Gatherer
from verifier.events.notes import SigningKey
from verifier.imports.job import RunImport
from verifier.imports.service import RUN
from verifier.matches.comparing import COMPARE, CompareClaim
from verifier.snapshots.service import READ
from verifier.worker import Worker

if TYPE_CHECKING:
    from flask import Flask

    from verifier.kit.db import Database

MARK = "Zangezur"
"""Stands in everything that the desk has made, so that a leak is found wherever it shows."""

ERASURE = {"members": ["claimant"], "reason": "They asked for it."}


@dataclass(frozen=True)
class Request:
    """`etag` is for what has no GET of its own."""

    operation: str
    who: str
    path: str
    body: Any = None
    etag: str | None = None

    @property
    def method(self) -> str:
        return OPERATIONS[self.operation].method

    @property
    def reads(self) -> bool:
        """Whether it changes nothing: a question in a body is asked by POST."""
        return self.method == "GET" or self.operation == "find_known_claims"

    @property
    def needs_etag(self) -> bool:
        return OPERATIONS[self.operation].answers(428)

    def current_etag(self, room: Newsroom) -> str | None:
        """The ETag that it must send now, as an admin of the desk reads it."""
        if not self.needs_etag or self.etag is not None:
            return self.etag
        shown = re.sub("/(actions|erasures|rotate)$", "", self.path)
        read = room.call("GET", shown, "ann", status=200)
        return read.headers["ETag"]

    def send(self, room: Newsroom, who: str | None = "", **options: Any) -> Any:
        """Make the request, in the usual person's name unless another is given."""
        if "etag" not in options:
            options["etag"] = self.current_etag(room)
        if self.body is not None and "data" not in options:
            options.setdefault("json", self.body)
        return room.call(self.method, self.path, self.who if who == "" else who, **options)


@dataclass(frozen=True)
class Stage:
    """A newsroom for tests that try much and must change nothing; a whole module shares it."""

    app: Flask
    room: Newsroom
    requests: dict[str, Request]

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions["verifier.database"]
        return found


def valid_requests(room: Newsroom, *, published: bool = True) -> dict[str, Request]:
    """By operation id. Each works on things of its own where it matters, so none spoils another.

    One claim's verdict is published, unless nothing shall be public.
    """
    members = "/v1/desks/border-desk/members"
    people = {}
    for name in ("promoted", "removed"):
        sent = {"email": f"{name}@border-desk.example", "name": MARK, "role": "contributor"}
        people[name] = room.call("POST", members, "op", json=sent, status=201).headers["Location"]
    sent = {"email": "newcomer@far-desk.example", "name": "newcomer", "role": "contributor"}
    room.call("POST", "/v1/desks/far-desk/members", "op", json=sent, status=201)
    token = room.call("POST", "/v1/tokens", "ann", json={"name": MARK}, status=201)

    source = room.source(title=MARK, url="https://news.example/first")
    quoted = room.source(title=MARK, text=f"{MARK} cost 3 million euros in 2020.", url=None)
    corrected = room.source(title=MARK, url="https://news.example/second")
    place = {"source": source["id"], "quote": {"exact": QUOTE}}
    triaged, edited, erased = (
        room.claim(text=f"{MARK} {n} is submitted.", claimant={"name": MARK}) for n in (1, 2, 3)
    )
    claim = room.claim(text=f"{MARK} is checked.", accepted=True, appearances=[place])
    appearance = room.call("POST", f"{claim}/appearances", "con", json=place, status=201)
    evidence, taken_back = (room.evidence(claim, source, note=MARK)["id"] for _ in range(2))
    draft, proposed = (room.verdict(claim, title=MARK) for _ in range(2))
    room.act(proposed, "rev", "propose")
    changed, quoting, snapshot, job = _changed_source(room)
    check = room.call("GET", f"{quoting}/quote-checks?open=true", "rev").json["items"][0]["id"]
    known = room.claim(text="This is known to all.", accepted=True)
    like, match = _suggested_duplicate(room)
    kept, ended = (_subscription(room, f"{MARK} is kept {n}.") for n in (1, 2))
    imported, brought, told = _imported(room)
    hook, removed, delivery = _webhooks(room)
    if published:
        room.published(known)
    log = room.client.application.extensions["verifier.database"]
    Gatherer(log, [SigningKey.generate("trail.example")])()

    found = [
        Request("submit_source", "con", "/v1/sources", {"desk": "border-desk", "text": MARK}),
        Request("list_sources", "con", "/v1/sources"),
        Request("show_source", "con", f"/v1/sources/{source['id']}"),
        Request("update_source", "con", f"/v1/sources/{corrected['id']}", {"publisher": MARK}),
        Request("show_text", "con", f"/v1/sources/{source['id']}/text"),
        Request("list_suggestions", "con", f"/v1/sources/{quoted['id']}/suggestions"),
        Request("take_snapshot", "con", f"/v1/sources/{changed}/snapshots", {}),
        Request("list_snapshots", "con", f"/v1/sources/{changed}/snapshots"),
        Request("show_snapshot", "con", f"/v1/snapshots/{snapshot}"),
        Request("show_snapshot_text", "con", f"/v1/snapshots/{snapshot}/text"),
        Request("download_snapshot", "con", f"/v1/snapshots/{snapshot}/warc"),
        Request("list_snapshot_quotes", "con", f"/v1/snapshots/{snapshot}/quotes"),
        Request("show_job", "con", f"/v1/jobs/{job}"),
        Request("list_quote_checks", "con", f"{quoting}/quote-checks"),
        Request("show_quote_check", "con", f"/v1/quote-checks/{check}"),
        Request(
            "act_on_quote_check", "rev", f"/v1/quote-checks/{check}/actions", {"action": "keep"}
        ),
        Request("submit_claim", "con", "/v1/claims", {"desk": "border-desk", "text": MARK}),
        Request("list_claims", "con", "/v1/claims"),
        Request("show_claim", "con", claim),
        Request("update_claim", "con", edited, {"topics": [MARK]}),
        Request("act_on_claim", "rev", f"{triaged}/actions", {"action": "accept"}),
        Request("submit_appearance", "con", f"{claim}/appearances", place),
        Request("list_appearances", "con", f"{claim}/appearances"),
        Request(
            "delete_appearance", "con", f"/v1/appearances/{appearance.json['id']}",
            etag=appearance.headers["ETag"],
        ),
        Request("find_known_claims", "con", "/v1/matches", {"text": "Nobody has said this."}),
        Request("list_match_subscriptions", "con", "/v1/match-subscriptions"),
        Request("show_match_subscription", "ann", kept),
        Request("end_match_subscription", "ann", ended),
        Request("list_claim_matches", "con", f"{like}/matches"),
        Request("show_claim_match", "con", f"{like}/matches/{match}"),
        Request(
            "act_on_claim_match", "rev", f"{like}/matches/{match}/actions", {"action": "confirm"}
        ),
        Request(
            "attach_evidence", "con", f"{claim}/evidence",
            {"source": source["id"], "stance": "context"},
        ),
        Request("list_evidence", "con", f"{claim}/evidence"),
        Request("show_evidence", "con", f"/v1/evidence/{evidence}"),
        Request("update_evidence", "con", f"/v1/evidence/{evidence}", {"stance": "context"}),
        Request(
            "act_on_evidence", "con", f"/v1/evidence/{taken_back}/actions",
            {"action": "withdraw", "reason": "It was a parody."},
        ),
        Request("draft_verdict", "rev", f"{claim}/verdicts", {"rating": "half-true"}),
        Request("list_verdicts", "con", f"{claim}/verdicts"),
        Request("show_verdict", "con", draft),
        Request("edit_verdict", "rev", draft, {"summary": MARK}),
        Request("act_on_verdict", "rev2", f"{proposed}/actions", {"action": "approve"}),
        Request("declare_recusal", "con", f"{triaged}/recusals", {"reason": "An old friend."}),
        Request("show_history", "con", f"{claim}/history"),
        Request("erase_on_claim", "ann", f"{erased}/erasures", ERASURE),
        Request(
            "erase_of_source", "ann", f"/v1/sources/{quoted['id']}/erasures",
            {"members": ["title"], "reason": "They asked for it."},
        ),
        Request("show_proof", "con", f"{claim}/proof"),
        Request("show_checkpoint", "con", "/v1/audit/checkpoint"),
        Request("show_consistency", "con", "/v1/audit/consistency?from=1"),
        Request("show_queue", "rev", "/v1/queue"),
        Request("show_scale", "con", "/v1/desks/border-desk/rating-scale"),
        Request(
            "put_scale", "ann", "/v1/desks/border-desk/rating-scale", {"ratings": DEFAULT_SCALE}
        ),
        Request("export_claims", "con", "/v1/exports/ndjson"),
        Request("show_claimreview", "con", f"{known}/claimreview"),
        Request("start_import", "ed", "/v1/imports?desk=border-desk", {"text": MARK}),
        Request("list_imports", "con", "/v1/imports"),
        Request("show_import", "con", imported),
        Request("show_report", "con", f"{imported}/report"),
        Request("show_claim_original", "con", f"{brought}/original"),
        Request("show_source_original", "con", f"{told}/original"),
        Request("search_claims", "con", "/v1alpha1/claims:search?query=known+to+all"),
        Request("follow_verdicts", "con", "/feeds/verdicts.atom"),
        Request("follow_corrections", "con", "/feeds/corrections.atom"),
        Request("follow_claimreviews", "con", "/feeds/claimreview.jsonld"),
        Request("follow_events", "con", "/v1/events"),
        Request("list_corrections", "con", "/v1/corrections"),
        Request(
            "create_webhook", "ann", "/v1/webhooks",
            {"desk": "border-desk", "url": "https://example.org/hook", "description": MARK},
        ),
        Request("list_webhooks", "ann", "/v1/webhooks"),
        Request("show_webhook", "ann", hook),
        Request("update_webhook", "ann", hook, {"types": ["claim.*"]}),
        Request("rotate_webhook", "ann", f"{hook}/rotate", {}),
        Request("test_webhook", "ann", f"{hook}/test", {}),
        Request("list_deliveries", "ann", f"{hook}/deliveries"),
        Request("show_delivery", "ann", f"{hook}/deliveries/{delivery}"),
        Request("redeliver", "ann", f"{hook}/deliveries/{delivery}/redeliver", {}),
        Request(
            "redeliver_since", "ann", f"{hook}/redeliver", {"since": "2026-01-01T00:00:00Z"}
        ),
        Request("remove_webhook", "ann", removed),
        Request("show_me", "con", "/v1/me"),
        Request("create_token", "con", "/v1/tokens", {"name": "a script", "scopes": ["read"]}),
        Request("list_tokens", "con", "/v1/tokens"),
        Request("revoke_token", "ann", token.headers["Location"], etag=token.headers["ETag"]),
        Request("create_desk", "op", "/v1/desks", {"slug": "new-desk", "name": "New Desk"}),
        Request("list_desks", "con", "/v1/desks"),
        Request("show_desk", "con", "/v1/desks/border-desk"),
        Request("update_desk", "ann", "/v1/desks/border-desk", {"name": MARK}),
        Request(
            "add_member", "ann", members,
            {"email": "newcomer@far-desk.example", "role": "contributor"},
        ),
        Request("list_members", "con", members),
        Request("show_member", "con", people["promoted"]),
        Request("change_role", "ann", people["promoted"], {"role": "reviewer"}),
        Request("remove_member", "ann", people["removed"]),
    ]  # fmt: skip
    return {request.operation: request for request in found}


class _Here:
    """Reads pages in this process: these are our own."""

    @staticmethod
    def call(function: Any, *arguments: Any) -> Any:
        return function(*arguments)


def _suggested_duplicate(room: Newsroom) -> tuple[str, str]:
    """A claim, and the id of its match with another one that says nearly the same."""
    database = room.client.application.extensions["verifier.database"]
    for ending in ("this year", "soon"):
        text = f"{MARK} will get the longest of all railway tunnels {ending}."
        claim = room.claim(text=text, desk="border-desk")
    Worker(database, {COMPARE: CompareClaim(database)}).run_until_idle()
    (match,) = room.call("GET", f"{claim}/matches", "con", status=200).json["items"]
    return claim, match["id"]


def _subscription(room: Newsroom, text: str) -> str:
    sent = {"text": text, "notify": True}
    made = room.call("POST", "/v1/matches", "ann", json=sent, status=201)
    return str(made.headers["Location"])


def _imported(room: Newsroom) -> tuple[str, str, str]:
    """An import of a claim, that claim, and a source of another import."""
    app = room.client.application
    database, archive = app.extensions["verifier.database"], app.extensions["verifier.archive"]
    reader = Worker(database, {RUN: RunImport(database, archive)})
    brought = []
    head = "Link,Archive status,Archive location,Upload title"
    row = f"https://posts.example/1,success,https://a.example/1,{MARK}"
    for content in (f"text\n{MARK} was told.", f"{head}\n{row}"):
        made = room.call(
            "POST", "/v1/imports?desk=border-desk", "ed", data=content.encode(),
            content_type="text/csv", status=201,
        )  # fmt: skip
        reader.run_until_idle()
        brought.append(made.headers["Location"])
    claims, sources = (
        room.call("GET", f"{each}/report", "ed", status=200).get_json(force=True)
        for each in brought
    )
    return brought[0], f"/v1/claims/{claims['claim']}", f"/v1/sources/{sources['source']}"


def _webhooks(room: Newsroom) -> tuple[str, str, str]:
    """Two webhooks that nobody has been sent anything for, and a delivery to the first."""
    paths = []
    for n in (1, 2):
        sent = {"url": f"https://hooks.example/{n}", "description": MARK, "types": ["claim.edited"]}
        made = room.call("POST", "/v1/webhooks", "ann", json=sent, status=201)
        paths.append(str(made.headers["Location"]))
    tested = room.call("POST", f"{paths[0]}/test", "ann", json={}, status=202)
    return paths[0], paths[1], tested.json["id"]


def _changed_source(room: Newsroom) -> tuple[str, str, str, str]:
    """A source, a claim that quotes it, its newest snapshot, in which the quote differs, a job."""
    app = room.client.application
    database, archive = app.extensions["verifier.database"], app.extensions["verifier.archive"]
    reader = Worker(database, {READ: ReadSnapshot(database, archive, _Here())})
    sent = {"url": "https://news.example/changing", "title": MARK, "desk": "border-desk"}
    source = room.call("POST", "/v1/sources", "con", json=sent, status=201).json["id"]
    claim = ""
    for day, word in (("01", "may"), ("02", "will")):
        text = f"{MARK}: in the end the troops {word} leave before the date that was agreed."
        page = f"<html><body><article>{f'<p>{text}</p>' * 3}</article></body></html>"
        form = {"file": (BytesIO(page.encode()), "page.html", "text/html")}
        form["fetched_at"] = f"2026-11-{day}T09:30:00Z"
        path = f"/v1/sources/{source}/snapshots"
        snapshot = room.call("POST", path, "con", data=form, status=201).json["id"]
        reader.run_until_idle()
        if not claim:
            quote = {"exact": text, "start": 0}
            place = {"source": source, "quote": quote}
            claim = room.claim(text=f"{MARK} is quoted.", appearances=[place])
    job = room.call("POST", f"/v1/sources/{source}/snapshots", "con", json={}, status=202)
    return source, claim, snapshot, job.json["id"]
