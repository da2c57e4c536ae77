"""Claims by their meaning, on both databases: with a model of a few words that is written here.

It is a real ONNX model, read and run as any other. With VERIFIER_TEST_EMBEDDING_MODEL, a folder,
the same tests run with that model instead.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from click.testing import CliRunner
from onnx import TensorProto, helper, numpy_helper
from sqlalchemy import inspect, select
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from verifier.claims.models import Claim
from verifier.cli import main
from verifier.kit.clock import new_id
from verifier.kit.jobs import Job
from verifier.search import embedding, encoder
from verifier.search.embedding import EMBED, EmbedClaim, follow
from verifier.search.encoder import open_encoder
from verifier.search.semantic import Semantic, open_semantic
from verifier.search.vectors import coded, connection_of
from verifier.settings import SettingError
from verifier.worker import Tools, Worker, handlers_of, open_worker

ROOT = Path(__file__).parent.parent.parent
ALIKE = (
    "peacekeepers troops soldiers", "leave withdraw", "deadline date", "vaccine jab injection",
    "cause trigger", "infertility sterility", "inflation prices", "rise increase climb",
    "bridge viaduct", "collapse fall", "the a in of before may will to",
)  # fmt: skip
"""Words that mean the same, and the last ones nothing."""
DIMENSIONS = 64
TROOPS = "The troops may leave before the deadline."
VACCINE = "The vaccine will cause infertility."
PRICES = "Prices rise."
LIKE_TROOPS = "Peacekeepers withdraw before the date."
LIKE_VACCINE = "A jab may trigger sterility."
REAL = os.environ.get("VERIFIER_TEST_EMBEDDING_MODEL")


def write_model(folder, *, seed=1, pooling="mean"):
    """Looks up a vector for each word; there is no more to it."""
    random = np.random.default_rng(seed)
    known, rows = {"[PAD]": 0, "[UNK]": 1}, [np.ones(DIMENSIONS), np.zeros(DIMENSIONS)]
    for meaning, words in enumerate(ALIKE):
        vector = random.standard_normal(DIMENSIONS) * (0.01 if meaning == len(ALIKE) - 1 else 1)
        for word in words.split():
            known[word] = len(rows)
            rows.append(vector + random.standard_normal(DIMENSIONS) * 0.1)
    table = numpy_helper.from_array(np.array(rows, dtype=np.float32), "table")
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "words",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "length"])],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, None)],
        [table],
    )
    opset = helper.make_opsetid("", 20)
    (folder / "1_Pooling").mkdir(parents=True)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=10), folder / "model.onnx")
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 32}')
    pooled = {
        "pooling_mode_cls_token": pooling == "cls",
        "pooling_mode_mean_tokens": pooling == "mean",
    }
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooled))
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def settings(settings, tiny):
    return replace(settings, embedding_model=REAL or str(tiny))


@pytest.fixture(scope="session")
def loaded():
    return {}


@pytest.fixture
def semantic(settings, database, loaded):
    """As a server has it; the real model is read once."""
    if settings.embedding_model not in loaded:
        loaded[settings.embedding_model] = open_semantic(settings)
    opened = loaded[settings.embedding_model]
    opened.vectors._found = False  # each test has a database of its own
    follow(database)
    with database.transaction() as session:
        opened.vectors.set_up(session)
    return opened


@pytest.fixture
def work(database, semantic):
    """Does what is due of these jobs; how many that was."""
    tools = Tools(database, fetcher=None, archive=None, isolated=None, semantic=semantic)
    return Worker(database, {EMBED: handlers_of(tools)[EMBED]}).run_until_idle


@pytest.fixture
def nearest(database, semantic, newsroom):
    """The claims' paths, by the names of desks whose claims the reader may see."""

    def nearest(text, *desks, public=False, limit=10):
        ids = [newsroom.ids[desk] for desk in desks]
        with database.reading() as session:
            found = semantic.nearest(session, text, ids, public, limit)
        assert [near.similarity for near in found] == sorted(
            (near.similarity for near in found), reverse=True
        )
        assert all(-1.01 < near.similarity < 1.01 for near in found)
        return [f"/v1/claims/{near.claim_id}" for near in found]

    return nearest


@pytest.fixture
def run(settings):
    def run(*arguments, status=0, **environment):
        environment = {
            "VERIFIER_DATABASE_URL": settings.database_url,
            "VERIFIER_EMBEDDING_MODEL": settings.embedding_model,
            **environment,
        }
        answer = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
        assert answer.exit_code == status, answer.output
        return answer

    return run


def test_a_paraphrase_finds_its_claim(newsroom, work, nearest):
    troops, vaccine, prices = (newsroom.claim(text=text) for text in (TROOPS, VACCINE, PRICES))

    assert work() == 3

    assert nearest(LIKE_TROOPS, "border-desk")[0] == troops
    assert nearest(LIKE_VACCINE, "border-desk")[0] == vaccine
    assert nearest("Inflation will climb.", "border-desk")[0] == prices
    assert sorted(nearest(TROOPS, "border-desk")) == sorted([troops, vaccine, prices])
    assert nearest(TROOPS, "border-desk", limit=1) == [troops]


def test_only_claims_in_the_readers_scopes_are_found(newsroom, work, nearest):
    own = newsroom.claim(text=TROOPS)
    others = newsroom.claim("cas", text=TROOPS)
    published = newsroom.published(newsroom.claim(text=VACCINE, accepted=True))[0]
    work()

    assert set(nearest(TROOPS, "border-desk")) == {own, published}
    assert nearest(TROOPS, "caspian-check") == [others]
    assert nearest(TROOPS, "far-desk") == []
    assert nearest(TROOPS, public=True) == [published]
    assert set(nearest(TROOPS, "caspian-check", public=True)) == {others, published}
    assert set(nearest(TROOPS, "border-desk", "caspian-check", public=True)) == {
        own, others, published,
    }  # fmt: skip
    assert nearest(TROOPS) == []


def test_the_claim_decides_who_sees_it_not_the_copy(newsroom, database, semantic, work, nearest):
    newsroom.claim(text=TROOPS)
    work()
    with database.transaction() as session:
        table = semantic.vectors.table
        far = newsroom.ids["far-desk"]
        session.execute(table.update().values(is_public=True, desk_id=far))

    assert nearest(TROOPS, public=True) == []
    assert nearest(TROOPS, "far-desk") == []


def test_an_edit_moves_a_claim(newsroom, work, nearest):
    moved, other = newsroom.claim(text=TROOPS), newsroom.claim(text=PRICES)
    work()
    assert nearest(LIKE_VACCINE, "border-desk", limit=1) != [moved] or REAL

    etag = newsroom.call("GET", moved, "con").headers["ETag"]
    newsroom.call("PATCH", moved, "rev", etag=etag, json={"text": VACCINE}, status=200)
    assert work() == 1

    assert nearest(LIKE_VACCINE, "border-desk") == [moved, other]


def test_a_verdicts_title_is_part_of_the_meaning_while_it_is_in_force(
    newsroom, work, nearest, database, semantic
):
    claim = newsroom.claim(text="It will.", accepted=True)
    work()
    newsroom.evidence(claim, newsroom.source())
    verdict = newsroom.verdict_in("published", claim, title=LIKE_VACCINE.rstrip("."))
    work()

    def similarity():
        with database.reading() as session:
            return semantic.nearest(session, VACCINE, [], True, 1)[0].similarity

    titled = similarity()
    newsroom.act(verdict, "ed", "retract", reason="It rests on a parody.")
    work()

    assert titled > similarity() + 0.2
    assert nearest(VACCINE, public=True) == [claim], "it was public, and stays so"


def test_unchanged_wording_is_not_encoded_again(newsroom, work, semantic, monkeypatch):
    claim = newsroom.claim(text=TROOPS)
    work()
    seen = []
    encode = semantic._encoder.encode
    monkeypatch.setattr(
        semantic._encoder, "encode", lambda texts, **how: seen.extend(texts) or encode(texts, **how)
    )

    etag = newsroom.call("GET", claim, "con").headers["ETag"]
    newsroom.call("PATCH", claim, "rev", etag=etag, json={"priority": "high"}, status=200)
    assert work() == 1
    assert seen == []
    etag = newsroom.call("GET", claim, "con").headers["ETag"]
    newsroom.call("PATCH", claim, "rev", etag=etag, json={"text": VACCINE}, status=200)
    work()
    assert seen == [VACCINE]


def test_what_is_reworded_while_its_job_runs_is_stored_as_it_is_now(newsroom, database, semantic):
    claim = newsroom.claim(text=TROOPS)
    with database.reading() as session:
        job = session.scalars(select(Job).where(Job.kind == EMBED)).one()
    write = EmbedClaim(database, semantic)(job)
    etag = newsroom.call("GET", claim, "con").headers["ETag"]
    newsroom.call("PATCH", claim, "rev", etag=etag, json={"text": VACCINE}, status=200)

    with database.transaction() as session:
        write(session)

    with database.reading() as session:
        assert (
            semantic.nearest(session, VACCINE, [newsroom.ids["border-desk"]], False, 1)[
                0
            ].similarity
            > 0.99
        )


def test_the_command_fills_what_is_missing_and_no_more(newsroom, run, nearest, monkeypatch):
    monkeypatch.setattr(embedding, "AT_ONCE", 2)
    claims = [newsroom.claim(text=text) for text in (TROOPS, VACCINE, PRICES, "The bridge.")]
    assert nearest(TROOPS, "border-desk") == []

    assert "4 claims have vectors; 4 were encoded now." in run("search", "embed").output

    assert sorted(nearest(TROOPS, "border-desk")) == sorted(claims)
    assert nearest(LIKE_VACCINE, "border-desk")[0] == claims[1]
    assert "4 claims have vectors; 0 were encoded now." in run("search", "embed").output
    newsroom.claim(text="A viaduct will collapse.")
    assert "5 claims have vectors; 1 were encoded now." in run("search", "embed").output


def test_another_model_has_vectors_of_its_own(newsroom, work, run, database, tmp_path):
    newsroom.claim(text=TROOPS)
    work()
    folder = write_model(tmp_path / "other", seed=2)
    other = Semantic(open_encoder(str(folder)))

    def tables():
        with database.reading() as session:
            names = inspect(session.connection()).get_table_names()
        return {name for name in names if name.startswith("claim_vectors_")}

    def found():
        with database.reading() as session:
            return other.nearest(session, TROOPS, [newsroom.ids["border-desk"]], False, 5)

    assert found() == [], "it was not set up"
    assert len(tables()) == 1
    told = run("search", "embed", VERIFIER_EMBEDDING_MODEL=str(folder)).output
    assert "1 were encoded now" in told
    assert "claim_vectors_" in told
    assert found()[0].similarity > 0.99
    assert len(tables()) == 2
    run("search", "embed", "--forget-others", VERIFIER_EMBEDDING_MODEL=str(folder))
    assert tables() == {other.vectors.table.name}


def test_without_the_setting_nothing_can_be_encoded(run):
    refused = run("search", "embed", status=2, VERIFIER_EMBEDDING_MODEL="")
    assert "is not set" in refused.output


def test_what_the_extra_brings_is_not_loaded_without_the_setting():
    program = (
        "import sys, wsgi, verifier.cli; "
        "sys.exit(not {'numpy', 'onnxruntime', 'sqlite_vec', 'tokenizers'}.isdisjoint(sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_the_worker_sets_up_what_its_jobs_need(settings, database, newsroom):
    with open_worker(settings) as worker:
        newsroom.claim(text=TROOPS)
        newsroom.claim(text=VACCINE)
        assert worker.run_until_idle() == 4  # two are comparisons with other claims
    semantic = open_semantic(settings)
    with database.looking_up() as connection:
        found = semantic.nearest(connection, TROOPS, [newsroom.ids["border-desk"]], False, 5)
    assert len(found) == 2


def test_the_best_of_many_are_found_by_their_signs(newsroom, database, semantic):
    """More claims than are looked at whole; and the database compares them, not we."""
    random = np.random.default_rng(3)
    wanted = random.standard_normal((600, semantic.vectors.dimensions)).astype(np.float32)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    original = newsroom.claim(text=TROOPS).rpartition("/")[2]
    with database.transaction() as session:
        columns = [column for column in Claim.__table__.c if column.name != "id"]
        row = session.execute(select(*columns).where(Claim.id == original)).mappings().one()
        ids = [new_id() for _ in wanted]
        copies = [{**row, "id": each, "is_original": False} for each in ids]
        session.execute(Claim.__table__.insert(), copies)
        put = [
            {
                "claim_id": each, "desk_id": newsroom.ids["border-desk"], "is_public": False,
                "digest": "", **coded(vector)._asdict(),
            }
            for each, vector in zip(ids, wanted, strict=True)
        ]  # fmt: skip
        semantic.vectors.put(session, put)
        desks = [newsroom.ids["border-desk"]]
        reach = connection_of(session)
        for at in (0, 300, 599):
            found = semantic.vectors.nearest(reach, wanted[at], desks, public=False, limit=5)
            exact = sorted(range(600), key=lambda other: -float(wanted[other] @ wanted[at]))[:5]
            assert found[0][0] == ids[at]
            assert len({claim for claim, _ in found} & {ids[other] for other in exact}) >= 4
        session.rollback()


def test_a_vector_depends_on_the_text_alone(settings):
    texts = [TROOPS, "bridge", f"{VACCINE} " * 5, "rise", "collapse"] * 9
    model = open_encoder(settings.embedding_model)

    together = model.encode(texts, is_query=False)
    alone = np.concatenate([model.encode([text], is_query=False) for text in texts])

    assert together.shape == (45, model.dimensions)
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)


def test_long_texts_are_cut_at_the_models_limit(tiny):
    start, *rest = open_encoder(str(tiny)).encode(
        ["bridge " * 32, "bridge " * 32 + "jab " * 500, "bridge " * 31 + "jab"], is_query=True
    )
    assert np.allclose(start, rest[0])
    assert not np.allclose(start, rest[1])


def test_the_folder_says_how_to_pool_and_what_to_put_before(tmp_path):
    folder = write_model(tmp_path / "cls", pooling="cls")
    first, both = open_encoder(str(folder)).encode(["jab", "jab prices"], is_query=True)
    assert np.allclose(first, both)

    prompts = {"prompts": {"query": "prices ", "passage": "bridge "}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    model = open_encoder(str(folder))
    assert np.allclose(
        model.encode(["jab"], is_query=True), model.encode(["inflation"], is_query=True), atol=0.3
    )
    assert not np.allclose(
        model.encode(["jab"], is_query=True), model.encode(["jab"], is_query=False), atol=0.3
    )


def test_a_model_within_a_package_and_the_same_one_elsewhere(tiny, tmp_path, monkeypatch):
    package = tmp_path / "some_model"
    shutil.copytree(tiny, package / "model")
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    assert open_encoder("package:some_model/model").key == open_encoder(str(tiny)).key


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda folder: (folder / "tokenizer.json").unlink(), "no tokenizer.json"),
        (lambda folder: (folder / "model.onnx").write_bytes(b"no"), "model.onnx cannot be read"),
        (lambda folder: (folder / "model.onnx").unlink(), "pip install sentence-transformers"),
        (shutil.rmtree, "no such folder"),
        (
            lambda folder: (folder / "modules.json").write_text('[{"type": "a.models.Dense"}]'),
            "Dense is not supported",
        ),
        (
            lambda folder: (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "max"}'),
            "max is not supported",
        ),
    ],
)  # fmt: skip
def test_a_model_that_cannot_be_used_is_told_at_the_start(tmp_path, broken, told):
    folder = write_model(tmp_path / "model")
    broken(folder)
    with pytest.raises(SettingError, match="VERIFIER_EMBEDDING_MODEL cannot be used") as refused:
        open_encoder(str(folder))
    assert told in str(refused.value)


def test_a_missing_package_or_extra_is_told_with_what_to_do(tiny, monkeypatch):
    with pytest.raises(SettingError, match="no Python package 'absent_model'"):
        open_encoder("package:absent_model/model")
    monkeypatch.setattr(encoder, "NEEDED", ("numpy", "absent_one"))
    with pytest.raises(
        SettingError, match=r"absent_one not installed; .*pip install '\.\[semantic\]'"
    ):
        open_encoder(str(tiny))
