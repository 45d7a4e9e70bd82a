"""A .tflite file of BlazeFace's layouts that answers known faces, built with MediaPipe's own schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["ANCHORS", "save_blazeface"]

ANCHORS = {128: 16 * 16 * 2 + 8 * 8 * 6, 192: 48 * 48}
"""By the side of the input: short range with two anchors a cell of 8 pixels first, full range with one a cell of 4."""


def save_blazeface(
    file: Path, found: dict[int, tuple[float, list[float]]], *, side: int = 128, normalised: bool = True
) -> Path:
    """A graph that answers the same whatever it sees.

    Args:
        file: Where to.
        found: By anchor, a logit and 16 numbers in pixels of the input, from the anchor's middle: the box's centre,
            width and height, and six points.
        side: Of the input, in pixels.
        normalised: Whether its metadata say how pictures are normalised, as face models' do.
    """
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as schema  # pyright: ignore[reportMissingImports]

    regressors, scores = np.zeros((1, ANCHORS[side], 16), np.float32), np.full((1, ANCHORS[side], 1), -50, np.float32)
    for anchor, (logit, numbers) in found.items():
        scores[0, anchor], regressors[0, anchor] = logit, numbers
    model = _model(schema, regressors, scores, side)
    if normalised:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(_metadata(), np.uint8)
        entry = schema.MetadataT()
        entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers)
        model.buffers.append(buffer)
        model.metadata = [entry]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    file.write_bytes(bytes(builder.Output()))
    return file


def _model(schema: Any, regressors: np.ndarray, scores: np.ndarray, side: int) -> Any:
    """Both answers plus nought times the picture's mean, so that the graph depends on its input."""
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.buffers, model.subgraphs = 3, [schema.BufferT()], [graph]
    model.operatorCodes = []
    for builtin in (schema.BuiltinOperator.MEAN, schema.BuiltinOperator.MUL, schema.BuiltinOperator.ADD):
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = builtin
        code.version = 1
        model.operatorCodes.append(code)
    graph.tensors, graph.operators = [], []

    def tensor(name: str, shape: tuple[int, ...], values: np.ndarray | None = None) -> int:
        made, buffer = schema.TensorT(), schema.BufferT()
        made.name, made.shape, made.type = name.encode(), list(shape), schema.TensorType.FLOAT32
        if values is not None:
            buffer.data = np.frombuffer(values.tobytes(), np.uint8)
            made.type = schema.TensorType.INT32 if values.dtype == np.int32 else made.type
        made.buffer = len(model.buffers)
        model.buffers.append(buffer)
        graph.tensors.append(made)
        return len(graph.tensors) - 1

    def operator(code: int, inputs: list[int], output: int, options: str) -> None:
        made = schema.OperatorT()
        made.opcodeIndex, made.inputs, made.outputs = code, inputs, [output]
        made.builtinOptionsType = getattr(schema.BuiltinOptions, options)
        made.builtinOptions = getattr(schema, f"{options}T")()
        graph.operators.append(made)

    picture = tensor("input", (1, side, side, 3))
    mean, nought = tensor("mean", (1,)), tensor("nought", (1,))
    operator(0, [picture, tensor("axes", (4,), np.arange(4, dtype=np.int32))], mean, "ReducerOptions")
    operator(1, [mean, tensor("zero", (1,), np.zeros(1, np.float32))], nought, "MulOptions")
    answers = []
    for name, values in (("regressors", regressors), ("classificators", scores)):
        answers.append(tensor(name, values.shape))
        operator(2, [tensor(f"known {name}", values.shape, values), nought], answers[-1], "AddOptions")
    graph.inputs, graph.outputs = [picture], answers
    return model


def _metadata() -> bytes:
    import flatbuffers
    from mediapipe.tasks.metadata import metadata_schema_py_generated as schema  # pyright: ignore[reportMissingImports]

    picture, graph, model = schema.TensorMetadataT(), schema.SubGraphMetadataT(), schema.ModelMetadataT()
    picture.content = schema.ContentT()
    picture.content.contentPropertiesType = schema.ContentProperties.ImageProperties
    picture.content.contentProperties = schema.ImagePropertiesT()
    picture.content.contentProperties.colorSpace = schema.ColorSpaceType.RGB
    step = schema.ProcessUnitT()
    step.optionsType, step.options = schema.ProcessUnitOptions.NormalizationOptions, schema.NormalizationOptionsT()
    step.options.mean, step.options.std = [127.5], [127.5]
    picture.processUnits = [step]
    graph.inputTensorMetadata = [picture]
    graph.outputTensorMetadata = [schema.TensorMetadataT(), schema.TensorMetadataT()]
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())
