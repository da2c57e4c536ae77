"""The console script on both databases: what an operator does at night."""

import hashlib
import json
import os

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from tests.newsroom import open_newsroom
from tests.postgres import PROGRAMS
from verifier.accounts.models import Desk
from verifier.cli import main
from verifier.kit import migrations


@pytest.fixture
def run(database_url):
    environment = {
        "VERIFIER_DATABASE_URL": database_url,
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
    }

    def run(*arguments, status=0):
        answer = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
        assert status in (answer.exit_code, None), answer.output
        return answer

    return run


def test_a_desk_an_account_and_a_token_that_works(run, client):
    run("desk", "create", "night-desk", "--name", "Night Desk", "--url", "https://n.example")
    run(
        "account",
        "create",
        "nil@n.example",
        "--name",
        "Nil",
        "--desk",
        "night-desk",
        "--role",
        "editor",
    )
    token = run("token", "create", "nil@n.example", "--scope", "read", "--days", "1").stdout.strip()

    me = client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert me.json["desks"] == [{"desk": "night-desk", "name": "Night Desk", "role": "editor"}]
    assert me.json["scopes"] == ["read"]


def test_a_closed_account_is_out_at_once_and_may_come_back(run, app):
    room = open_newsroom(app)

    run("account", "deactivate", "rev@border-desk.example")
    room.call("GET", "/v1/me", "rev", status=401)
    run("account", "deactivate", "rev@border-desk.example", "--undo")

    room.call("GET", "/v1/me", "rev", status=200)
    run("audit", "verify")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["desk", "create", "Not A Slug", "--name", "x"], "small letters"),
        (["desk", "create", "d", "--name", "x", "--url", "ftp://x"], "http"),
        (["account", "create", "no-address", "--name", "x"], "email"),
        (["account", "create", "a@x.example", "--name", "x", "--desk", "none"], "no desk"),
        (["token", "create", "nobody@x.example"], "no account"),
        (["export", "--format", "pdf"], "pdf"),
    ],
)
def test_mistakes_are_one_clear_line(run, arguments, told):
    refused = run(*arguments, status=None)
    assert refused.exit_code in (1, 2)
    assert told in refused.stderr
    assert "Traceback" not in refused.output


def test_a_failed_command_leaves_nothing_behind(run):
    run("account", "create", "a@x.example", "--name", "A", "--desk", "none", status=1)
    run("token", "create", "a@x.example", status=1)


@pytest.mark.parametrize("export_format", ["claimreview", "datafeed", "ndjson", "csv"])
def test_an_export_to_a_file_is_the_one_on_standard_output(run, app, tmp_path, export_format):
    open_newsroom(app).published()
    file = tmp_path / "out"

    run("export", "--format", export_format, "--output", str(file), "--desk", "border-desk")
    printed = run("export", "--format", export_format).stdout_bytes

    assert b"The troops may leave" in printed
    written = {path.name for path in tmp_path.iterdir() if path.name.startswith("out")}
    assert written == {"out", "out.manifest.json"}
    manifest = json.loads((tmp_path / "out.manifest.json").read_bytes())
    assert manifest["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (manifest["claims"], manifest["filters"]) == (1, {"desk": "border-desk"})
    if export_format != "datafeed":  # which tells the time it was made
        assert file.read_bytes() == printed


def test_an_export_goes_by_what_is_asked_for(run, app):
    room = open_newsroom(app)
    for number, priority in enumerate(("normal", "low", "high")):
        room.claim(text=f"Claim {number}.", priority=priority)

    def exported(*arguments):
        lines = run("export", "--format", "ndjson", *arguments).stdout.splitlines()
        return [json.loads(line)["priority"] for line in lines]

    assert exported() == ["normal", "low", "high"]
    assert exported("--sort", "-created_at") == ["high", "low", "normal"]
    assert exported("--sort", "priority") == exported("--sort", "-priority")[::-1]
    assert exported("--sort", "-priority") == ["high", "normal", "low"]


def test_what_cannot_be_exported_is_listed_with_its_reasons(run, app, database):
    room = open_newsroom(app)
    claim, _ = room.published()
    with database.transaction() as session:
        session.execute(update(Desk).values(url="not an address"))

    answer = run("export", "--format", "claimreview")

    assert json.loads(answer.stdout)["@graph"] == []
    left_out = json.loads(answer.stderr.partition("left out: ")[2])
    assert left_out["claim"] == claim.rpartition("/")[2]
    assert left_out["reasons"][0]["pointer"] == "/author/url"


def test_a_backup_restores_everything(run, app, tmp_path):
    room = open_newsroom(app)
    claim = room.claim()
    file = tmp_path / "backup"
    run("db", "backup", str(file))
    lost = room.claim(text="Said after the backup.")
    app.extensions["verifier.database"].dispose()

    run("db", "restore", str(file), "--yes")

    room.call("GET", claim, "con", status=200)
    room.call("GET", lost, "con", status=404)
    run("audit", "verify")


def test_a_file_that_is_no_backup_is_refused(run, tmp_path, app):
    room = open_newsroom(app)
    claim = room.claim()
    file = tmp_path / "backup"
    file.write_bytes(b"not a database" * 1000)

    run("db", "restore", str(file), "--yes", status=1)

    room.call("GET", claim, "con", status=200)


def test_a_database_that_is_not_migrated_is_told(tmp_path):
    environment = {"VERIFIER_DATABASE_URL": f"sqlite:///{tmp_path / 'new' / 'v.db'}"}

    def run(*arguments):
        return CliRunner().invoke(main, arguments, env=environment)

    assert "verifier db upgrade" in run("db", "check").stderr
    assert "verifier db upgrade" in run("serve").stderr
    assert run("db", "upgrade").exit_code == 0
    assert migrations.newest_revision() in run("db", "check").output


def test_a_wrong_setting_is_told_before_anything_starts():
    answer = CliRunner().invoke(main, ["db", "check"], env={"VERIFIER_DATABSE_URL": "x"})
    assert answer.exit_code == 2
    assert "VERIFIER_DATABSE_URL is not a setting" in answer.stderr
