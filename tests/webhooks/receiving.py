"""A receiver of webhooks that trusts nothing but the standard's own library, and its desk."""

import json
from dataclasses import dataclass
from datetime import timedelta

from jsonschema import Draft202012Validator
from sqlalchemy import select
from standardwebhooks import Webhook as Verifier

from tests.document import DOCUMENT, FORMATS
from tests.site import page
from tests.work import DeskAtWork
from verifier.webhooks.models import Webhook, WebhookDelivery

SCHEMAS = [
    Draft202012Validator(
        each["post"]["requestBody"]["content"]["application/json"]["schema"], format_checker=FORMATS
    )
    for each in DOCUMENT["webhooks"].values()
]
OK = page(b"thanks", 200)
HOOK = "http://a.example/hook"


@dataclass
class Hooked:
    """`add` makes a webhook; `received` is what reached a path, each verified by its secret."""

    desk: DeskAtWork
    secrets: dict

    @property
    def room(self):
        return self.desk.room

    @property
    def site(self):
        return self.desk.internet.site

    def add(self, path="/hook", answer=OK, who="ann", **members):
        self.site[path] = answer
        sent = {"url": f"http://a.example{path}", **members}
        made = self.room.call("POST", "/v1/webhooks", who, json=sent, status=201)
        self.secrets[path] = made.json["secret"]
        return made.headers["Location"]

    def shown(self, hook, who="ann"):
        return self.room.call("GET", hook, who, status=200).json

    def deliveries(self, hook, **query):
        path = f"{hook}/deliveries?limit=200"
        path += "".join(f"&{name}={value}" for name, value in query.items())
        return self.room.call("GET", path, "ann", status=200).json["items"]

    def delivery(self, hook):
        """The only one, in full."""
        (one,) = self.deliveries(hook)
        return self.room.call("GET", f"{hook}/deliveries/{one['id']}", "ann", status=200).json

    def requests(self, path="/hook"):
        return [each for each in self.site.received if each.path == path]

    def received(self, path="/hook"):
        return [verified(self.secrets[path], each) for each in self.requests(path)]

    def types(self, path="/hook"):
        return [message["type"] for message in self.received(path)]

    def work(self):
        self.desk.work()

    def pass_time(self, **time):
        """As if so much time had gone by for webhooks."""
        by = timedelta(**time)
        with self.desk.worker.database.transaction() as session:
            for hook in session.scalars(select(Webhook)):
                for name in ("due_at", "leased_until", "failing_since", "former_until"):
                    if (moment := getattr(hook, name)) is not None:
                        setattr(hook, name, moment - by)
            for delivery in session.scalars(select(WebhookDelivery)):
                if delivery.due_at is not None:
                    delivery.due_at -= by


def verified(secret, received):
    """The message, if it is signed by the secret."""
    assert received.method == "POST"
    assert received.headers["content-type"] == "application/json"
    message = Verifier(secret).verify(received.body, received.headers)
    assert message == json.loads(received.body)
    if "blocks" not in message:
        assert any(schema.is_valid(message) for schema in SCHEMAS), message
    return message
