"""What every test may ask for. Tests that take a database run on SQLite and again on PostgreSQL."""

from __future__ import annotations

import gc
from functools import partial

import hypothesis
import pytest

from tests.databases import PostgresCopies, SQLiteCopies, postgres_server, recorded_queries
from tests.document import DocumentedClient
from tests.newsroom import Newsrooms, open_newsroom
from tests.operations import Stage, valid_requests
from tests.site import Internet
from tests.work import DeskAtWork
from verifier.app import build_app, create_app, furnish
from verifier.events.audit import findings
from verifier.kit.isolated import Isolated
from verifier.settings import Settings
from verifier.snapshots.archive import open_archive
from verifier.webhooks.sending import Courier
from verifier.worker import Tools, Worker, handlers_of

# The same examples every time, however slow the machine; `--hypothesis-profile=default` for others.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.load_profile("steady")

# At the usual pace, a fifth of the tests' time went into looking for garbage.
gc.set_threshold(100_000, 20, 5)


def pytest_configure(config):
    if config.getoption("numprocesses", None) and not config.option.collectonly:
        postgres_server()  # now, so that the workers find it in their environment


@pytest.fixture(scope="session")
def sqlite_copies(tmp_path_factory):
    return SQLiteCopies(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_copies():
    copies = PostgresCopies(postgres_server())
    yield copies
    copies.close()


@pytest.fixture(scope="session")
def sqlite_newsrooms(sqlite_copies):
    return Newsrooms(sqlite_copies)


@pytest.fixture(scope="session")
def postgresql_newsrooms(postgresql_copies):
    rooms = Newsrooms(postgresql_copies)
    yield rooms
    rooms.copies.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request):
    return request.param


@pytest.fixture
def database_url(backend, request):
    """A migrated database that nobody else uses; where a newsroom is wanted, with one in it."""
    if "newsroom" in request.fixturenames:
        copies = request.getfixturevalue(f"{backend}_newsrooms").copies
    else:
        copies = request.getfixturevalue(f"{backend}_copies")
    with copies.fresh() as url:
        yield url


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings.from_env(
        {
            "VERIFIER_DATABASE_URL": database_url,
            "VERIFIER_ARCHIVE_DIR": str(tmp_path / "archive"),
            "VERIFIER_RATE_LIMIT": "0",
        }
    )


@pytest.fixture(scope="session")
def built_app():
    """Built once: that takes longer than most tests."""
    app = build_app()
    app.test_client_class = DocumentedClient
    return app


@pytest.fixture
def app(built_app, settings):
    """The service with a database, an archive and counts of its own."""
    furnish(built_app, settings)
    yield built_app
    built_app.extensions["verifier.database"].dispose()


@pytest.fixture
def database(app):
    return app.extensions["verifier.database"]


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def count_queries(database):
    """`with count_queries() as queries: …` and then `len(queries)`."""
    return partial(recorded_queries, database.engine)


@pytest.fixture
def newsroom(app, backend, request):
    """Two desks that work together, a third one, people in every role. The trail holds at the end."""
    yield request.getfixturevalue(f"{backend}_newsrooms").entered(app)
    with app.extensions["verifier.database"].snapshot() as session:
        assert list(findings(session)) == []


@pytest.fixture(scope="session")
def isolated():
    """One process to read pages in, for all tests: it takes a second to start."""
    reader = Isolated(seconds=20)
    yield reader
    reader.close()


@pytest.fixture
def desk_at_work(newsroom, database, settings, isolated):
    """The newsroom with a worker, in an Internet of its own."""
    with Internet() as internet:
        tools = Tools(database, internet.fetcher(), open_archive(settings.archive_dir), isolated)
        courier = Courier(database, internet.fetcher(), settings.public_url)
        rounds = (courier.hand_on, courier.send)
        yield DeskAtWork(newsroom, internet, Worker(database, handlers_of(tools), rounds))
        assert internet.internal_hits == []


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stage(request, tmp_path_factory):
    """A newsroom with a request for each operation that would succeed."""
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        archive = tmp_path_factory.mktemp("archive")
        app = create_app(Settings(database_url=url, archive_dir=str(archive)))
        app.test_client_class = DocumentedClient
        room = open_newsroom(app)
        yield Stage(app, room, valid_requests(room))
        app.extensions["verifier.database"].dispose()
