"""Sentence encoders: a text becomes a vector of length one, near to those of like meaning.

What an encoder stands on is an extra, so it is imported when one is opened, never before.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from verifier.settings import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

BATCH: Final = 32
NEEDED: Final = ("numpy", "onnxruntime", "sqlite_vec", "tokenizers")
IN_PACKAGE: Final = "package:"
GRAPHS: Final = ("onnx/model.onnx", "model.onnx")
ON_THE_HUB: Final = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)?")
POOLED: Final = "sentence_embedding"
"""What a graph's output is called that needs no pooling any more."""
MODULES: Final = ("Transformer", "Pooling", "Normalize")
LONGEST: Final = 512  # tokens, where the model does not say


class Encoder(Protocol):
    """`key` stands for the model's content: vectors of different keys do not compare."""

    key: str
    dimensions: int

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Matrix:
        """A row for each text. Safe to use from threads."""


def open_encoder(model: str, *, threads: int = 1) -> Encoder:
    """The encoder that the setting names. Raises `SettingError`, which says what to do."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise _unusable(
            f"{', '.join(missing)} not installed; "
            "in the service's folder run `.venv/bin/python -m pip install '.[semantic]'`"
        )
    folder = _folder(model)
    graph = next((folder / name for name in GRAPHS if folder and (folder / name).is_file()), None)
    if folder and graph:
        return OnnxEncoder(folder, graph, threads=threads)
    if folder is None and not ON_THE_HUB.fullmatch(model):
        raise _unusable("there is no such folder")
    if find_spec("sentence_transformers") is None:
        found = "it has no model.onnx" if folder else "there is no such folder"
        raise _unusable(
            f"{found}; for models without ONNX, and for names on the Hugging Face hub, "
            "run `.venv/bin/python -m pip install sentence-transformers`"
        )
    return TorchEncoder(folder, model)


class OnnxEncoder:
    """A model in ONNX, pooled as its folder says; needs no torch."""

    def __init__(self, folder: Path, graph: Path, *, threads: int = 1) -> None:
        import onnxruntime  # noqa: PLC0415  (an extra)
        from tokenizers import Tokenizer  # noqa: PLC0415  (an extra)

        self._pooling = _pooling(folder)
        self._prompts = _prompts(folder)
        words = folder / "tokenizer.json"
        if not words.is_file():
            raise _unusable("it has no tokenizer.json")
        self._tokenizer = Tokenizer.from_file(str(words))
        length = _longest(folder)
        self._tokenizer.enable_truncation(length)
        padding = self._tokenizer.padding or {}
        kept = {name: padding[name] for name in ("pad_id", "pad_token") if name in padding}
        self._tokenizer.enable_padding(**kept)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Waiting threads would otherwise burn the cores that requests need.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(graph), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001  (its errors share no class)
            raise _unusable(f"{graph.name} cannot be read: {error}") from None
        self._inputs = [put_in.name for put_in in self._session.get_inputs()]
        outputs = [output.name for output in self._session.get_outputs()]
        self._output = POOLED if POOLED in outputs else outputs[0]
        files = [*sorted(graph.parent.glob(f"{graph.name}*")), words]
        self.key = _key(files, self._pooling, str(length), *self._prompts)
        self.dimensions = int(self.encode(["?"], is_query=True).shape[1])

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Matrix:
        import numpy as np  # noqa: PLC0415  (an extra)

        prompt = self._prompts[0 if is_query else 1]
        # Texts of like length together: the others of a batch are padded to its longest.
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        rows: list[Any] = [None] * len(texts)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            vectors = self._encode_batch([prompt + texts[at] for at in chosen])
            for at, vector in zip(chosen, vectors, strict=True):
                rows[at] = vector
        return np.stack(rows)

    def _encode_batch(self, texts: list[str]) -> Matrix:
        import numpy as np  # noqa: PLC0415  (an extra)

        coded = self._tokenizer.encode_batch(texts)
        mask = np.array([each.attention_mask for each in coded], dtype=np.int64)
        given = {
            "input_ids": np.array([each.ids for each in coded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([each.type_ids for each in coded], dtype=np.int64),
        }
        fed = {name: given[name] for name in self._inputs}
        put_out: Any = self._session.run([self._output], fed)[0]
        vectors = put_out if put_out.ndim == 2 else self._pooled(put_out, mask)  # noqa: PLR2004
        vectors = vectors.astype(np.float32)
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        pooled: Matrix = vectors / np.maximum(length, 1e-12)
        return pooled

    def _pooled(self, hidden: Any, mask: Any) -> Any:
        if self._pooling == "cls":
            return hidden[:, 0]
        weights = mask[..., None]
        return (hidden * weights).sum(1) / weights.sum(1)


class TorchEncoder:
    """Whatever sentence-transformers can load: hundreds of megabytes more, for the same vectors."""

    def __init__(self, folder: Path | None, model: str) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  (an extra)

        try:
            self._model = SentenceTransformer(str(folder or model), device="cpu")
        except Exception as error:  # noqa: BLE001  (its own, the hub's, the system's)
            raise _unusable(f"sentence-transformers: {error}") from None
        files = sorted(folder.glob("*.safetensors")) if folder else []
        self.key = _key(files, "torch", "" if files else model)
        self.dimensions = int(self.encode(["?"], is_query=True).shape[1])

    def encode(self, texts: Sequence[str], *, is_query: bool) -> Matrix:
        encode = self._model.encode_query if is_query else self._model.encode_document
        rows: Matrix = encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return rows


def _folder(model: str) -> Path | None:
    """Where the model lies; `package:name/path` is within an installed Python package."""
    if not model.startswith(IN_PACKAGE):
        path = Path(model)
        return path if path.is_dir() else None
    name, _, below = model.removeprefix(IN_PACKAGE).partition("/")
    spec = find_spec(name) if name.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise _unusable(f"there is no Python package {name!r} here")
    folder = Path(spec.submodule_search_locations[0]) / below
    if not folder.is_dir():
        raise _unusable(f"there is no folder {below!r} in the package {name}")
    return folder


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def _pooling(folder: Path) -> str:
    """`mean` or `cls`. Raises `SettingError` for a model that does more than we do."""
    modules = [module["type"].rpartition(".")[2] for module in _read(folder / "modules.json")]
    config = _read(folder / "1_Pooling" / "config.json")
    more = [name for name in modules if name not in MODULES]
    chosen = {
        name for name, value in config.items() if name.startswith("pooling_") and value is True
    }
    chosen |= {config["pooling_mode"]} if "pooling_mode" in config else set()
    if not more and chosen <= {"pooling_mode_mean_tokens", "mean"}:
        return "mean"
    if not more and chosen <= {"pooling_mode_cls_token", "cls"}:
        return "cls"
    wanted = ", ".join(more or sorted(chosen))
    raise _unusable(f"its ONNX cannot be used here: {wanted} is not supported")


def _prompts(folder: Path) -> tuple[str, str]:
    """What the model wants before a query, and before what is looked for."""
    prompts = _read(folder / "config_sentence_transformers.json").get("prompts") or {}
    return prompts.get("query") or "", prompts.get("document") or prompts.get("passage") or ""


def _longest(folder: Path) -> int:
    """Tokens after which a text is cut."""
    said = _read(folder / "sentence_bert_config.json").get("max_seq_length")
    said = said or _read(folder / "tokenizer_config.json").get("model_max_length")
    return min(int(said or LONGEST), 1 << 13)


def _key(files: Sequence[Path], *more: str) -> str:
    """The model's content, wherever it lies and whatever it is called."""
    digest = sha256("\0".join(more).encode())
    for path in files:
        with path.open("rb") as file:
            while part := file.read(1 << 20):
                digest.update(part)
    return digest.hexdigest()[:12]


def _unusable(reason: str) -> SettingError:
    return SettingError(f"VERIFIER_EMBEDDING_MODEL cannot be used: {reason}.")
