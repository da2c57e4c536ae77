"""A newsroom with a worker beside it, for tests of what happens between requests."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from tests.newsroom import Newsroom
from tests.site import Internet, page
from verifier.kit.jobs import Job
from verifier.worker import Worker

ADDRESS = "http://a.example/withdrawal"


def article(*paragraphs, title="Convoys head north", lang="en", head=""):
    """A page as a news site would serve it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = (
        f"<!doctype html><html lang={lang}><head><meta charset=utf-8><title>{title}</title>{head}"
        f"</head><body><nav><a href=/>Home</a></nav><article><h1>{title}</h1>{text}</article>"
        "<footer>All rights reserved</footer></body></html>"
    )
    return page(html.encode())


@dataclass
class DeskAtWork:
    """`work` does whatever is due; `fetch` asks for a source's page as it is now, and has it done."""

    room: Newsroom
    internet: Internet
    worker: Worker

    def serve(self, *paragraphs, path="/withdrawal", **how):
        self.internet.site[path] = article(*paragraphs, **how)

    def work(self):
        return self.worker.run_until_idle()

    def source(self, url=ADDRESS, **members):
        """A source known by its address, once the worker has been at it."""
        sent = {"url": url, **members}
        made = self.room.call("POST", "/v1/sources", "con", json=sent, status=201).json
        self.work()
        return self.shown(made)

    def fetch(self, source, who="con", status=202):
        path = f"/v1/sources/{source['id']}/snapshots"
        self.room.call("POST", path, who, json={}, status=status)
        self.work()
        return self.shown(source)

    def shown(self, source, who="con"):
        return self.room.call("GET", f"/v1/sources/{source['id']}", who, status=200).json

    def pass_time(self, **time):
        """As if so much time had gone by."""
        with self.worker.database.transaction() as session:
            for job in session.scalars(select(Job).where(Job.due_at.is_not(None))):
                job.due_at -= timedelta(**time)
