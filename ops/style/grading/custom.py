"""Made-up styles: from words, an example picture or a document to a folder of data, and to nothing else.

style.json     the style, as `ops.style.catalogue` reads it
grade.cube     its LUT, where it comes from a picture or was handed in
network.safetensors   its network, where one was trained
picture.jpg    the house's still in it
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ops.errors import MediaError, UsageError
from ops.style.catalogue import read_style, style_of
from ops.style.grading.cube import read_cube, write_cube
from ops.style.grading.example import LUT_FILE, style_from_picture
from ops.style.grading.preview import house_still, jpeg, styled_still
from ops.style.grading.words import LONGEST_PROMPT, style_from_words
from ops.style.model import Style

__all__ = [
    "NETWORK_FILE",
    "PICTURE_FILE",
    "STYLE_FILE",
    "MadeUp",
    "as_document",
    "finished",
    "from_document",
    "from_picture",
    "from_words",
    "opened_picture",
    "previewed",
    "with_network",
]

STYLE_FILE, PICTURE_FILE, NETWORK_FILE = "style.json", "picture.jpg", "network.safetensors"

_LARGEST_SIDE = 1600
_HANDED = ("about", "family", "cost", "parameters", "stages")
"""What of a handed document is taken; its id, name, picture and container are the house's to give."""


@dataclass(frozen=True)
class MadeUp:
    """What was made of a wish, before it is written down.

    Attributes:
        document: The style, without `id` and `picture`.
        lut: What `LUT_FILE` is to hold, where the document names it: (33, 33, 33, 3) float32.
        told: How the wish was understood, in sentences.
        engine: What understood it: "embedded/lexicon", "embedded/transport", a painter's name.
        network: The trained network's file, where there is one.
    """

    document: Mapping[str, Any]
    lut: np.ndarray | None
    told: tuple[str, ...]
    engine: str
    network: Path | None = None


def from_words(
    prompt: str, name: str, *, paint: Callable[[str], np.ndarray] | None = None, painter: str = ""
) -> MadeUp:
    """A style from a description: by the lexicon, or from the example picture that a model paints of it.

    Args:
        prompt: The description.
        name: Of the style.
        paint: Paints a (H, W, 3) uint8 RGB picture from words; None for the lexicon.
        painter: Its name, for the record.

    Raises:
        UsageError: The description is too long, or says nothing of a look.
    """
    if paint is None:
        worded = style_from_words(prompt, name)
        return MadeUp(worded.document, None, worded.told, "embedded/lexicon")
    if not 0 < len(prompt.strip()) <= LONGEST_PROMPT:
        raise UsageError("is empty or too long", where="prompt", fix=f"Use 1 to {LONGEST_PROMPT} characters.")
    made = style_from_picture(paint(f"{prompt}, still of a film, its light and colour grade"), name)
    document = {**made.document, "about": f"From the words “{prompt}”, by a picture that {painter} painted of them."}
    return MadeUp(document, made.lut, made.told, painter)


def from_picture(content: bytes, name: str) -> MadeUp:
    """A style from an example picture's file.

    Raises:
        UsageError: It is no picture, is too large, or tells nothing.
    """
    made = style_from_picture(opened_picture(content), name)
    return MadeUp(made.document, made.lut, made.told, "embedded/transport")


def from_document(content: bytes, name: str) -> MadeUp:
    """A style that somebody wrote: JSON as docs/styles.md tells; `lut` may hold the text of a .cube file.

    Raises:
        UsageError: It is no style, or names files that it does not bring.
    """
    try:
        told = json.loads(content)
        document = {key: told[key] for key in _HANDED if key in told}
        cube = told.get("lut", "")
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"is no JSON object: {error}", where="document", fix="Write it as docs/styles.md tells."
        ) from error
    document = {"about": "", "family": "grade", "cost": "light", "parameters": [], **document, "name": name}
    document["container"] = "showrunner-styles-cpu"
    style = style_of({"id": "custom", **document}, Path())
    files = {str(stage.settings["file"]) for stage in style.stages if "file" in stage.settings}
    if files - {LUT_FILE} or (files and not cube) or any(stage.op == "network" for stage in style.stages):
        raise UsageError(
            f"names {', '.join(sorted(files)) or 'a network'}, which it does not bring",
            where="document",
            fix=f'A document may bring one LUT: "lut": the text of a .cube, and a stage with "file": "{LUT_FILE}".',
        )
    return MadeUp(document, _lut_of(cube) if files else None, ("as it was written",), "handed in")


def _lut_of(cube: object) -> np.ndarray:
    if not isinstance(cube, str):
        raise UsageError("is no text", where="lut", fix="Give the text of a .cube file.")
    with tempfile.TemporaryDirectory(prefix="lut-") as folder:
        file = Path(folder) / LUT_FILE
        file.write_text(cube, encoding="utf-8", errors="replace")
        return read_cube(file)


def with_network(made: MadeUp, trained: Path) -> MadeUp:
    """The style with a network that was trained on its picture, before its grade."""
    parameters = [
        *made.document["parameters"],
        {
            "name": "paint",
            "label": "Paint",
            "low": 0.0,
            "high": 1.0,
            "default": 0.8,
            "about": "How far the network's strokes replace the picture's own texture.",
        },
    ]
    # the grade moves the colours: the network leaves them
    network_stage = {"op": "network", "file": NETWORK_FILE, "strength": "$paint", "colour": 0.0}
    stages = [network_stage, *made.document["stages"]]
    document = {**made.document, "family": "neural", "cost": "heavy", "gpu": True, "parameters": parameters}
    document |= {"stages": stages, "container": "showrunner-styles-gpu"}
    return replace(made, document=document, told=(*made.told, "strokes by a trained network"), network=trained)


def finished(made: MadeUp, style: str, folder: Path) -> Style:
    """Write a style's folder, read it back as anybody will, and show the house's still in it.

    Raises:
        UsageError: What was made is no style, or cannot be run.
        ModelUnavailable: Its network cannot run here.
    """
    read = _written({"id": style, **made.document, "picture": PICTURE_FILE}, made, folder)
    (folder / PICTURE_FILE).write_bytes(jpeg(styled_still(read, house_still())))
    return read


def previewed(made: MadeUp, still: np.ndarray, values: Mapping[str, float]) -> tuple[Style, bytes]:
    """A still in a style that nobody keeps yet, as a JPEG file, and the style.

    Args:
        made: What was made of a wish.
        still: (H, W, 3) uint8 RGB.
        values: Of the style's parameters, where they are not at their default.

    Raises:
        UsageError: What was made is no style, cannot be run, or has no such parameter.
    """
    with tempfile.TemporaryDirectory(prefix="style-") as name:
        read = _written({"id": "custom_preview", **made.document}, made, Path(name))
        return read, jpeg(styled_still(read, still, values))


def as_document(made: MadeUp, values: Mapping[str, float]) -> bytes:
    """What was made as the document that `from_document` reads, its parameters standing where somebody turned them.

    Raises:
        UsageError: A value names no parameter, or is out of its range.
    """
    known = style_of({"id": "custom_turned", **made.document}, Path()).checked(values)
    turned = [{**each, "default": known.get(each["name"], each["default"])} for each in made.document["parameters"]]
    document = {**made.document, "parameters": turned}
    if made.lut is not None:
        with tempfile.TemporaryDirectory(prefix="style-") as folder:
            write_cube(Path(folder) / LUT_FILE, made.lut)
            document["lut"] = (Path(folder) / LUT_FILE).read_text(encoding="ascii")
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()


def _written(document: Mapping[str, Any], made: MadeUp, folder: Path) -> Style:
    (folder / STYLE_FILE).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    if made.lut is not None:
        write_cube(folder / LUT_FILE, made.lut)
    if made.network is not None and made.network != folder / NETWORK_FILE:
        (folder / NETWORK_FILE).write_bytes(made.network.read_bytes())
    return read_style(folder / STYLE_FILE)


def opened_picture(content: bytes, *, side: int = _LARGEST_SIDE) -> np.ndarray:
    """A picture's file as (H, W, 3) uint8 sRGB, upright, its longer side at most `side` pixels; transparency on white.

    It is decoded in a process of its own: files that people upload may crash, hang or swell.

    Raises:
        UsageError: It is no picture of a kind that is taken, damaged, over 20 MB or of over 40 million pixels.
    """
    from PIL import Image

    from ops.blend.reading import decode_picture

    try:
        picture = Image.fromarray(decode_picture(content))
    except MediaError as error:  # what cannot be read is refused for good, as words that say nothing are
        raise UsageError(error.what, where=error.where, fix=error.fix) from error
    picture.thumbnail((side, side))
    return np.asarray(picture)
