"""The networks of both encoders as ONNX graphs without weights, in the fused operators of ONNX Runtime.

python -m retrieval.graph    # writes retrieval/minilm.onnx and e5.onnx; needs the package onnx (requirements-dev.txt)

BERT (Devlin et al., NAACL 2019), with six layers for all-MiniLM-L6-v2 and twelve for multilingual-e5-small: seven
operators a layer, as ONNX Runtime's own optimiser would make of an export, but written down, so that neither torch nor
an optimiser is needed. The weights are named and left out: `retrieval/network.py` hands them to the session from the
published file. The vectors of words and places are looked up there and come as input: the runtime would copy all of
them, half of the weights and more, and read the file to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["EPSILON", "GRAPHS", "HEADS", "INNER", "WIDTH", "graph_bytes", "shapes"]

GRAPHS = {layers: Path(__file__).parent / f"{name}.onnx" for layers, name in ((6, "minilm"), (12, "e5"))}
"""By the number of layers."""

WIDTH, INNER, HEADS = 384, 1536, 12
EPSILON = 1e-12


def shapes(layers: int) -> dict[str, tuple[int, ...]]:
    """The weights by name: matrices are (in, out); `attention` holds query, key and value side by side."""
    found: dict[str, tuple[int, ...]] = {
        "norm.weight": (WIDTH,),
        "norm.bias": (WIDTH,),
    }
    for n in range(layers):
        for part, inner, outer in (
            ("attention", WIDTH, 3 * WIDTH), ("joined", WIDTH, WIDTH), ("wide", WIDTH, INNER), ("narrow", INNER, WIDTH),
        ):  # fmt: skip
            found[f"{n}.{part}.weight"], found[f"{n}.{part}.bias"] = (inner, outer), (outer,)
        for norm in ("joined.norm", "narrow.norm"):
            found[f"{n}.{norm}.weight"], found[f"{n}.{norm}.bias"] = (WIDTH,), (WIDTH,)
    return found


def graph_bytes(layers: int) -> bytes:
    """The graph, for texts that stand one after the other, `pieces` in all.

    `read`, float32 (1, pieces, 384): the vector of each word piece plus that of its place in its own text; and `mask`,
    int32 (1, pieces, pieces): 1 where both are of one text; to `hidden`, float32 (1, pieces, 384).
    """
    from onnx import TensorProto, helper

    def tensor(name: str, kind: int, *last: int | str) -> Any:
        return helper.make_tensor_value_info(name, kind, [1, "pieces", *last])

    graph = helper.make_graph(
        _nodes(layers),
        GRAPHS[layers].stem,
        [
            tensor("read", TensorProto.FLOAT, WIDTH),
            tensor("mask", TensorProto.INT32, "pieces"),
        ],
        [tensor("hidden", TensorProto.FLOAT, WIDTH)],
        [_left_out(name, shape) for name, shape in shapes(layers).items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="verbatim")
    return bytes(model.SerializeToString(deterministic=True))


def _nodes(layers: int) -> list[Any]:
    from onnx import helper

    inputs = ["read", "norm.weight", "norm.bias"]
    embedded = helper.make_node("LayerNormalization", inputs, ["0"], axis=-1, epsilon=EPSILON)
    return [embedded, *(node for n in range(layers) for node in _layer(n, last=n == layers - 1))]


def _layer(n: int, last: bool) -> list[Any]:
    """Hidden states `n` to `n + 1`; each sum with what came before is normalised (post-norm)."""
    after = "hidden" if last else str(n + 1)

    def normalised(part: str, before: str, out: str) -> list[Any]:
        weights = [f"{n}.{part}.norm.weight", f"{n}.{part}.norm.bias", f"{n}.{part}.bias"]
        return [
            _node("SkipLayerNormalization", [f"{n}.{part}", before, *weights], [out], epsilon=EPSILON),
        ]

    return [
        _node("Attention", [str(n), f"{n}.attention.weight", f"{n}.attention.bias", "mask"], [f"{n}.attention"],
              num_heads=HEADS),
        _product(f"{n}.attention", f"{n}.joined"),
        *normalised("joined", str(n), f"{n}.middle"),
        _product(f"{n}.middle", f"{n}.wide"),
        _node("BiasGelu", [f"{n}.wide", f"{n}.wide.bias"], [f"{n}.gelu"]),
        _product(f"{n}.gelu", f"{n}.narrow"),
        *normalised("narrow", f"{n}.middle", after),
    ]  # fmt: skip


def _product(left: str, out: str) -> Any:
    from onnx import helper

    return helper.make_node("MatMul", [left, f"{out}.weight"], [out])


def _node(kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> Any:
    from onnx import helper

    return helper.make_node(kind, inputs, outputs, domain="com.microsoft", **attributes)


def _left_out(name: str, shape: tuple[int, ...]) -> Any:
    """A weight that is not in the file: ONNX calls it external."""
    from onnx import TensorProto

    tensor = TensorProto(name=name, dims=shape, data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="weights")
    return tensor


if __name__ == "__main__":
    for layers, path in GRAPHS.items():
        path.write_bytes(graph_bytes(layers))
