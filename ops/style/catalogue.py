"""Reads styles: the house's own from `library/`, and anybody's from a folder. Data only; no code is ever run."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from ops.errors import UsageError
from ops.style.model import DIGITS, Cost, Family, Parameter, Stage, Style
from ops.style.settings import File, Setting
from ops.style.stages import stage_kind

__all__ = ["ID", "house_styles", "read_style", "style_of"]

ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
"""Ids of styles: they stand in asset names, file names and URLs."""

_MOST_BYTES = 64 * 1024
_MOST_STAGES = 12
_LIBRARY = Path(__file__).parent / "library"


@lru_cache(maxsize=1)
def house_styles() -> Mapping[str, Style]:
    """The styles that ship with the house, by id, in the order of their names."""
    styles = sorted((read_style(file) for file in _LIBRARY.glob("*.toml")), key=lambda style: style.name)
    return MappingProxyType({style.id: style for style in styles})


def read_style(file: Path) -> Style:
    """The style of a TOML or JSON file; the files that it names lie beside it.

    Raises:
        UsageError: It is no style: unreadable, an unknown operation or setting, a value out of its range, a parameter
            without one, a file elsewhere.
    """
    try:
        content = file.read_bytes()[: _MOST_BYTES + 1]
        if len(content) > _MOST_BYTES:
            raise UsageError(f"is larger than {_MOST_BYTES} bytes", where=file.name, fix="A style is a page of data.")
        text = content.decode("utf-8")
        document = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"cannot be read as a style: {error}", where=file.name, fix="Write it as docs/styles.md tells."
        ) from error
    return style_of(document, file.parent, default_id=file.stem)


def style_of(document: Any, folder: Path, *, default_id: str = "") -> Style:
    """The style that a document tells of.

    Raises:
        UsageError: The document tells of none.
    """
    where = f"style {default_id}" if default_id else "style"
    try:
        parameters = {each.name: each for each in map(_parameter, document.get("parameters", ()))}
        style = Style(
            id=_id(document.get("id", default_id)),
            name=str(document["name"]),
            about=str(document["about"]),
            family=Family(document["family"]),
            cost=Cost(document["cost"]),
            container=str(document["container"]),
            gpu=bool(document.get("gpu", False)),
            parameters=tuple(parameters.values()),
            stages=tuple(_stage(each, parameters, folder) for each in document["stages"]),
            folder=folder,
            picture=_beside(str(document.get("picture", "")), folder),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UsageError(f"is no style: {error}", where=where, fix="Write it as docs/styles.md tells.") from error
    if not 0 < len(style.stages) <= _MOST_STAGES:
        raise UsageError(f"has {len(style.stages)} stages", where=where, fix=f"A style has 1 to {_MOST_STAGES}.")
    return style


def _id(value: object) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise UsageError(f"{value!r} is no id of a style", where="id", fix="Use a-z, 0-9 and _, 2 to 40 of them.")
    return value


def _parameter(document: Mapping[str, Any]) -> Parameter:
    parameter = Parameter(
        name=_id(document["name"]),
        label=str(document["label"]),
        # as fine as values are: one that is set to an end of the range must not be rounded out of it
        low=round(float(document["low"]), DIGITS),
        high=round(float(document["high"]), DIGITS),
        default=round(float(document["default"]), DIGITS),
        about=str(document.get("about", "")),
    )
    if not -math.inf < parameter.low < parameter.high < math.inf:
        raise UsageError("has no range", where=parameter.name, fix="Its low must lie under its high, both finite.")
    parameter.checked(parameter.default)
    return parameter


def _stage(document: Mapping[str, Any], parameters: Mapping[str, Parameter], folder: Path) -> Stage:
    op = str(document["op"])
    known = stage_kind(op).settings
    settings = {name: value for name, value in document.items() if name != "op"}
    for name, value in settings.items():
        if name not in known:
            raise UsageError(f"has no setting {name!r}", where=op, fix=f"It has {', '.join(known)}.")
        _check_setting(f"{op}, {name}", known[name], value, parameters)
        if isinstance(known[name], File):
            _beside(value, folder)
    return Stage(op, settings)


def _check_setting(where: str, setting: Setting, value: object, parameters: Mapping[str, Parameter]) -> None:
    """Refuses what a setting cannot be, and parameters that could be turned to it."""
    if not isinstance(value, str) or not value.startswith("$"):
        if not setting.takes(value):
            raise UsageError(f"must be {setting}", where=where)
        return
    parameter = parameters.get(value[1:])
    if parameter is None:
        raise UsageError(f"names the parameter {value[1:]!r}, which the style has not", where=where)
    if not setting.takes(parameter.low) or not setting.takes(parameter.high):
        goes = f"the parameter {parameter.name!r} goes from {parameter.low:g} to {parameter.high:g}"
        raise UsageError(f"must be {setting}, and {goes}", where=where, fix="Narrow the parameter.")


def _beside(name: str, folder: Path) -> str:
    """The name of a file that lies beside the style; nothing may point elsewhere."""
    path = PurePosixPath(name)
    if name and (len(path.parts) != 1 or path.name in {".", ".."} or "\\" in name or "\0" in name):
        raise UsageError(f"names the file {name!r}", where="style", fix="Files of a style lie beside it.")
    if name and (folder / name).is_symlink():
        raise UsageError(f"names a link, {name!r}", where="style", fix="Files of a style lie beside it.")
    return name
