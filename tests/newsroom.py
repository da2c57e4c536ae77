"""A newsroom for tests: two desks, people in every role, and calls made in their names."""

from dataclasses import dataclass, field

from flask.testing import FlaskClient

from verifier.accounts.actor import OPERATOR
from verifier.app import create_app
from verifier.desks import service, tokens
from verifier.settings import Settings

TEXT = (
    "The peacekeepers are leaving. Officials in Moscow let it be known that the pull-out may be "
    "finished before the end of 2025. Baku's campaign of 2020 had, they said, Moscow's silence."
)
QUOTE = "the pull-out may be finished before the end of 2025"

STEPS = {
    "draft": (),
    "withdrawn": ("withdraw",),
    "proposed": ("propose",),
    "approved": ("propose", "approve"),
    "published": ("propose", "approve", "publish"),
    "retracted": ("propose", "approve", "publish", "retract"),
}
"""How a verdict's author and colleagues bring it to a state."""
USUALLY = {
    "approve": ("rev2", {}),
    "publish": ("ed", {}),
    "retract": ("ed", {"reason": "It rests on a parody."}),
}
"""Who does what is not the author's, and with which arguments."""


@dataclass
class Newsroom:
    """`call` makes a request in somebody's name; the rest are the usual steps of the work."""

    client: FlaskClient
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def call(self, method, path, who=None, *, etag=None, status=None, headers=(), **kwargs):
        headers = dict(headers)
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        if etag is not None:
            headers["If-Match"] = etag
        answer = self.client.open(path, method=method, headers=headers, **kwargs)
        if status is not None:
            assert answer.status_code == status, answer.get_data(as_text=True)
        return answer

    def act(self, path, who, action, *, status=200, **arguments):
        """An action on a claim, verdict or piece of evidence as it is now."""
        etag = self.call("GET", path, who, status=200).headers["ETag"]
        sent = {"action": action, **arguments}
        return self.call("POST", f"{path}/actions", who, etag=etag, json=sent, status=status)

    def source(self, who="con", **members):
        sent = {"text": TEXT, "url": "https://news.example/withdrawal", **members}
        return self.call("POST", "/v1/sources", who, json=sent, status=201).json

    def claim(self, who="con", *, accepted=False, **members):
        """A claim's path, such as `/v1/claims/…`."""
        sent = {"text": "The troops may leave before the 2025 deadline.", **members}
        path = self.call("POST", "/v1/claims", who, json=sent, status=201).headers["Location"]
        if accepted:
            self.act(path, "rev", "accept")
        return path

    def evidence(self, claim, source, who="con", **members):
        sent = {"source": source["id"], "stance": "supports", **members}
        return self.call("POST", f"{claim}/evidence", who, json=sent, status=201).json

    def verdict(self, claim, who="rev", *, status=201, **members):
        """A draft's path, such as `/v1/verdicts/…`."""
        sent = {
            "rating": "mostly-true",
            "title": "Early pull-out",
            "summary": "Said so.",
            **members,
        }
        answer = self.call("POST", f"{claim}/verdicts", who, json=sent, status=status)
        return answer.headers.get("Location")

    def verdict_in(self, state, claim=None, who="rev", *, correction=None, **members):
        """A verdict's path once it has been brought to that state, by the usual steps."""
        if claim is None:
            claim = self.claim(accepted=True, allow_duplicate=True)
            self.evidence(claim, self.source(url=None))
        verdict = self.verdict(claim, who, **members)
        for action in STEPS[state]:
            colleague, arguments = USUALLY.get(action, (who, {}))
            if action == "propose" and correction:
                arguments = {"correction": correction}
            self.act(verdict, colleague, action, **arguments)
        return verdict

    def set_policy(self, **policy):
        """Change `border-desk`'s policy."""
        desk = "/v1/desks/border-desk"
        etag = self.call("GET", desk, "ann").headers["ETag"]
        self.call("PATCH", desk, "ann", etag=etag, json={"policy": policy}, status=200)

    def published(self, claim=None):
        """(claim's path, published verdict's path) after the whole job."""
        claim = claim or self.claim(accepted=True)
        self.evidence(claim, self.source())
        verdict = self.verdict(claim)
        self.act(verdict, "rev", "propose")
        self.act(verdict, "rev2", "approve")
        self.act(verdict, "ed", "publish")
        return claim, verdict


PEOPLE = {
    "border-desk": {
        "con": "contributor",
        "rev": "reviewer",
        "rev2": "reviewer",
        "ed": "editor",
        "ann": "admin",
    },
    "caspian-check": {"cas": "reviewer", "cas_con": "contributor", "cas_ann": "admin"},
    "far-desk": {"out": "admin"},
}
"""`caspian-check` is a partner of `border-desk`; `far-desk` has nothing to do with either."""


def open_newsroom(app, **policy):
    """Desks, people and tokens in the app's database; the policy is `border-desk`'s."""
    room = Newsroom(app.test_client())
    with app.extensions["verifier.database"].transaction() as session:
        for slug in PEOPLE:
            desk = service.create_desk(
                session, OPERATOR, slug=slug, name=slug, url=f"https://{slug}.example"
            )
            room.ids[slug] = desk.id
        for slug, people in PEOPLE.items():
            for name, role in people.items():
                account = service.create_account(
                    session, OPERATOR, email=f"{name}@{slug}.example", name=name
                )
                service.add_member(session, OPERATOR, slug, email=account.email, role=role)
                room.ids[name] = account.id
                room.tokens[name] = tokens.issue_token(
                    session, OPERATOR, account=account, name="test"
                )[1]
        chief = service.create_account(
            session, OPERATOR, email="op@server.example", name="op", is_operator=True
        )
        room.ids["op"] = chief.id
        room.tokens["op"] = tokens.issue_token(session, OPERATOR, account=chief, name="test")[1]
    room.set_policy(**{"partners": ["caspian-check"], **policy})
    return room


class Newsrooms:
    """Databases with a newsroom in each: opened once, then copied."""

    def __init__(self, copies):
        self.copies = copies.prepared(self._open)

    def _open(self, url):
        app = create_app(Settings(database_url=url))
        self._first = open_newsroom(app)
        app.extensions["verifier.database"].dispose()

    def entered(self, app):
        """The newsroom in the app's database, which is one of the copies."""
        return Newsroom(app.test_client(), {**self._first.tokens}, {**self._first.ids})
