"""A newsroom that a whole module shares: for tests that try much and must change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.document import DocumentedClient
from tests.newsroom import Newsroom, open_newsroom
from tests.operations import Request, valid_requests
from verifier.app import create_app
from verifier.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from verifier.kit.db import Database


@dataclass(frozen=True)
class Stage:
    """`requests` holds a request for each operation that would succeed."""

    app: Flask
    room: Newsroom
    requests: dict[str, Request]

    @property
    def database(self) -> Database:
        found: Database = self.app.extensions["verifier.database"]
        return found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request):
    copies = request.getfixturevalue(f"{request.param}_copies")
    with copies.fresh() as url:
        app = create_app(Settings(database_url=url))
        app.test_client_class = DocumentedClient
        room = open_newsroom(app)
        yield Stage(app, room, valid_requests(room))
        app.extensions["verifier.database"].dispose()
