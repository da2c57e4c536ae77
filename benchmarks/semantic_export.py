"""Writes a BERT sentence model's safetensors as ONNX, with no torch: for measuring and testing.

`python -m benchmarks.semantic_export MODEL_FOLDER NEW_FOLDER`: BERT-like encoders with learnt
positions only, as all-MiniLM-L6-v2 is.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
BESIDE = (
    "1_Pooling", "config.json", "modules.json", "sentence_bert_config.json", "tokenizer.json",
    "tokenizer_config.json", "config_sentence_transformers.json",
)  # fmt: skip


class Graph:
    """Nodes in the order in which they run; `add` returns the name of what a node puts out."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def weight(self, name: str, *, transposed: bool = False) -> str:
        value = self.weights[name]
        return self.constant(value.T if transposed else value, f"{name}.T" if transposed else name)

    def constant(self, value: Any, name: str | None = None, dtype: Any = np.float32) -> str:
        name = name or f"constant_{len(self.constants)}"
        array = np.ascontiguousarray(value, dtype=dtype)
        self.constants[name] = numpy_helper.from_array(array, name)
        return name

    def linear(self, value: str, name: str) -> str:
        product = self.add("MatMul", value, self.weight(f"{name}.weight", transposed=True))
        return self.add("Add", product, self.weight(f"{name}.bias"))

    def norm(self, value: str, name: str, epsilon: float) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.add("LayerNormalization", value, scale, bias, axis=-1, epsilon=epsilon)


def weights_of(file: Path) -> dict[str, np.ndarray]:
    """The tensors of a file: the length of its header, the header in JSON, then the numbers."""
    content = file.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    numbers = memoryview(content)[start:]
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(numbers[slice(*told["data_offsets"])], dtype=np.float32).reshape(
            told["shape"]
        )
        for name, told in header.items()
        if told["dtype"] == "F32"
    }


def embedded(graph: Graph, epsilon: float) -> str:
    words = graph.add("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    types = graph.weight("embeddings.token_type_embeddings.weight")
    first = graph.constant([0], "first", np.int64)
    last = graph.constant([1], "last", np.int64)
    length = graph.add(
        "Slice", graph.add("Shape", "input_ids"), last, graph.constant([2], "two", np.int64)
    )
    table = graph.weight("embeddings.position_embeddings.weight")
    positions = graph.add("Slice", table, first, length)
    total = graph.add("Add", words, graph.add("Gather", types, "token_type_ids"))
    total = graph.add("Add", total, positions)
    return graph.norm(total, "embeddings.LayerNorm", epsilon)


def attended(graph: Graph, value: str, name: str, mask: str, heads: int) -> str:
    """Self-attention of one layer, before its output is added to its input."""
    size = len(graph.weights[f"{name}.attention.output.dense.bias"])
    apart = graph.constant([0, 0, heads, size // heads], "apart", np.int64)
    together = graph.constant([0, 0, size], "together", np.int64)
    parts = {}
    for part, order in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])):
        linear = graph.linear(value, f"{name}.attention.self.{part}")
        parts[part] = graph.add("Transpose", graph.add("Reshape", linear, apart), perm=order)
    scores = graph.add("MatMul", parts["query"], parts["key"])
    scores = graph.add("Div", scores, graph.constant((size / heads) ** 0.5, "root"))
    shares = graph.add("Softmax", graph.add("Add", scores, mask), axis=-1)
    mixed = graph.add("Transpose", graph.add("MatMul", shares, parts["value"]), perm=[0, 2, 1, 3])
    return graph.linear(graph.add("Reshape", mixed, together), f"{name}.attention.output.dense")


def bert(weights: dict[str, np.ndarray], config: dict[str, Any]) -> onnx.ModelProto:
    graph, epsilon = Graph(weights), config["layer_norm_eps"]
    size, heads = config["hidden_size"], config["num_attention_heads"]
    axes = graph.constant([1, 2], "axes", np.int64)
    mask = graph.add("Cast", graph.add("Unsqueeze", "attention_mask", axes), to=TensorProto.FLOAT)
    mask = graph.add("Sub", mask, graph.constant(1.0, "one"))
    mask = graph.add("Mul", mask, graph.constant(1e9, "far"))
    value = embedded(graph, epsilon)
    for layer in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{layer}"
        mixed = graph.add("Add", value, attended(graph, value, name, mask, heads))
        value = graph.norm(mixed, f"{name}.attention.output.LayerNorm", epsilon)
        wide = graph.add("Gelu", graph.linear(value, f"{name}.intermediate.dense"))
        narrow = graph.linear(wide, f"{name}.output.dense")
        value = graph.norm(graph.add("Add", value, narrow), f"{name}.output.LayerNorm", epsilon)
    graph.nodes.append(helper.make_node("Identity", [value], ["last_hidden_state"]))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    shape = ["batch", "length", size]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, shape)
    made = helper.make_graph(graph.nodes, "bert", inputs, [output], [*graph.constants.values()])
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)


def main(source: Path, target: Path) -> None:
    config = json.loads((source / "config.json").read_text("utf-8"))
    assert config["model_type"] == "bert", config["model_type"]
    assert config["hidden_act"] == "gelu", config["hidden_act"]
    target.mkdir(parents=True)
    model = bert(weights_of(source / "model.safetensors"), config)
    onnx.checker.check_model(model)
    onnx.save(model, target / "model.onnx")
    for name in BESIDE:
        path = source / name
        if path.is_dir():
            shutil.copytree(path, target / name)
        elif path.exists():
            shutil.copyfile(path, target / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
