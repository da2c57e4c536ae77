"""A served newsroom for programs that know the service by its document alone."""

import json

import pytest

from tests.document import DOCUMENT
from tests.newsroom import open_newsroom
from tests.served import Served
from verifier.app import create_app
from verifier.settings import Settings

PARTS = {
    "contributor": "con",
    "reviewer": "rev",
    "colleague": "rev2",
    "editor": "ed",
    "reader": "out",
}
"""Who plays whom in the programs."""


@pytest.fixture(scope="package")
def document(tmp_path_factory):
    """The document's file, as it is now."""
    file = tmp_path_factory.mktemp("document") / "openapi.json"
    file.write_text(json.dumps(DOCUMENT))
    return file


@pytest.fixture(scope="package")
def arguments(sqlite_copies, tmp_path_factory):
    """A server's address and people's tokens, as the programs take them; each has its own texts."""
    with sqlite_copies.fresh() as url:
        environment = {
            "VERIFIER_DATABASE_URL": url,
            "VERIFIER_ARCHIVE_DIR": str(tmp_path_factory.mktemp("archive")),
            "VERIFIER_RATE_LIMIT": "0",
        }
        app = create_app(Settings.from_env(environment))
        room = open_newsroom(app)
        app.extensions["verifier.database"].dispose()
        served = Served(environment).start(workers=1)
        tokens = {part: room.tokens[who] for part, who in PARTS.items()}
        yield f"http://127.0.0.1:{served.port}", json.dumps(tokens)
        served.stop()
