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


def style_fingerprint(style: Style) -> str:
    """The style's fingerprint; a file that it names and that is not there counts as missing, and is told at work."""
    told = {
        "stages": [[stage.op, sorted(stage.settings.items())] for stage in style.stages],
        "parameters": [[each.name, each.low, each.high, each.default] for each in style.parameters],
        "files": [[file.name, _content(file)] for file in _files(style)],
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]


def _files(style: Style) -> Iterable[Path]:
    names = {str(setting) for stage in style.stages for name, setting in stage.settings.items() if name == "file"}
    return [style.folder / name for name in sorted(names)]


def _content(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return "missing"
