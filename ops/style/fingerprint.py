"""What a style's result depends on, in 12 hexadecimal digits: its stages, its parameters, and the files it names.

A style whose words or picture alone were changed is the same style; one whose LUT was exported again is another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from ops.style.model import Style

__all__ = ["style_fingerprint"]

_FILES = ("encoder", "file", "picture")
"""Settings that name a file beside the style."""

_HOUSE_NETWORK = Path(__file__).parent / "networks" / "weights" / "house.safetensors"
"""What a network without a file of its own is: named here and not by its module, which loads torch."""


def style_fingerprint(style: Style) -> str:
    """The style's fingerprint; a file that it names and that is not there counts as missing, and is told at work."""
    told = {
        "stages": [[stage.op, sorted(stage.settings.items())] for stage in style.stages],
        "parameters": [[each.name, each.low, each.high, each.default] for each in style.parameters],
        "files": [[file.name, _content(file)] for file in _files(style)],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def _files(style: Style) -> Iterable[Path]:
    named = {str(setting) for stage in style.stages for name, setting in stage.settings.items() if name in _FILES}
    trunk = (
        [_HOUSE_NETWORK]
        if any(stage.op == "network" and "file" not in stage.settings for stage in style.stages)
        else []
    )
    return [*(style.folder / name for name in sorted(named)), *trunk]


def _content(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return "missing"
