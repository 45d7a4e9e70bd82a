"""Style networks that people bring, as styles: the files of one folder.

A folder may hold styles of its own (`*.toml`, as `ops/style/library` has them) that name files beside them. A network
without one becomes a style by itself: a TransformerNet or one of the house's own kind, as `python -m
ops.style.networks.train` writes it. A decoder of AdaIN needs a TOML that names its encoder and its style's picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from ops.errors import ModelUnavailable, UsageError
from ops.style.catalogue import read_style
from ops.style.model import Cost, Family, Parameter, Stage, Style
from resources.settings import load_settings

__all__ = ["brought_styles", "styles_of_folder"]

_WEIGHTS = {".safetensors", ".pth", ".pt", ".model"}
_MOST_FILES = 200

_STROKE = Parameter("stroke", "Strokes", 0.5, 2.0, 1.0, "How broad strokes are.")
_COLOUR = Parameter("colour", "Colour", 0.0, 1.0, 0.7, "How far colours go to the picture that the style learnt from.")


def brought_styles() -> Mapping[str, Style]:
    """The styles of the folder that `style_networks_folder` sets, by id; none where it is unset.

    Raises:
        UsageError, ModelUnavailable: As `styles_of_folder` does.
    """
    folder = load_settings().style_networks_folder
    if folder is None:
        return {}
    state = tuple(sorted((file.name, file.stat().st_mtime_ns) for file in folder.iterdir())) if folder.is_dir() else ()
    return {style.id: style for style in _remembered(folder, state)}


@lru_cache(maxsize=2)
def _remembered(folder: Path, state: tuple[tuple[str, int], ...]) -> tuple[Style, ...]:
    """Networks are large: they are looked into anew when a file of the folder (`state`) changed."""
    return styles_of_folder(folder)


def styles_of_folder(folder: Path) -> tuple[Style, ...]:
    """The styles of a folder, in the order of their ids.

    Raises:
        UsageError: There is no such folder, or a TOML in it is no style, or two styles have one id.
        ModelUnavailable: A file of weights is none that the house can run; the message names what it holds.
    """
    if not folder.is_dir():
        raise UsageError(
            "there is no such folder", where=folder, fix="Set SHOWRUNNER_STYLE_NETWORKS_FOLDER to one, or unset it."
        )
    told = [read_style(file) for file in sorted(folder.glob("*.toml"))]
    named = {str(value) for style in told for stage in style.stages for value in stage.settings.values()}
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in _WEIGHTS and file.name not in named)
    if len(files) > _MOST_FILES:
        raise UsageError(f"holds {len(files)} networks", where=folder, fix=f"Keep it to {_MOST_FILES}.")
    styles = [*told, *(style for file in files for style in _styles_of(file))]
    ids = [style.id for style in styles]
    if twice := next((each for each in ids if ids.count(each) > 1), None):
        raise UsageError(f"two styles are called {twice}", where=folder, fix="Rename one of the files.")
    return tuple(sorted(styles, key=lambda style: style.id))


def _styles_of(file: Path) -> Iterator[Style]:
    from ops.style.networks.foreign import foreign_network
    from ops.style.networks.weights_file import is_ours, read_network

    if is_ours(file):
        names = read_network(file).styles
        for name in names:
            own = file.stem if len(names) == 1 else f"{file.stem}_{name}"
            yield _style(own, file, {"style": name, "stroke": "$stroke", "colour": "$colour"}, (_COLOUR, _STROKE))
        return
    try:
        foreign_network(file.resolve(), None, None)
    except ModelUnavailable as error:
        if "needs an encoder" not in error.what:
            raise
        raise ModelUnavailable(
            error.what, where=file, fix="Write a style beside it, a .toml whose stage names encoder and picture."
        ) from error
    yield _style(file.stem, file, {"stroke": "$stroke"}, (_STROKE,))


def _style(name: str, file: Path, settings: dict[str, float | str], parameters: tuple[Parameter, ...]) -> Style:
    return Style(
        id=_id(name),
        name=name.replace("_", " ").replace("-", " ").strip().capitalize(),
        about=f"The network {file.name}.",
        family=Family.NEURAL,
        cost=Cost.HEAVY,
        container="showrunner-styles-gpu",
        gpu=True,
        parameters=parameters,
        stages=(Stage("network", {"file": file.name, **settings}),),
        folder=file.parent,
        picture="",
    )


def _id(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return f"network_{plain}"[:40].rstrip("_")
