"""Files that lead to others of their artifact: playlists, manifests, cues. Their names become addresses as they go out.

A published file cannot hold the addresses of its neighbours: they carry the version, which is named after the files'
own bytes, and a signature that ends. So the stored text names files, and what is sent names addresses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from pathlib import PurePosixPath

__all__ = ["addressed", "leading_type"]

Address = Callable[[str], str | None]
"""From a file's name to its address; None where there is no such file to show."""

_URI = re.compile(r'(?<=URI=")[^"]*(?=")')
_BASE_URL = re.compile(r"(?<=<BaseURL>)[^<]*(?=</BaseURL>)")
_CUE = re.compile(r"^([^#\s]+)(?=#xywh=)", re.MULTILINE)
_TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".mpd": "application/dash+xml", ".vtt": "text/vtt"}


def leading_type(name: str) -> str | None:
    """The media type of a file that leads to others; None for all other files."""
    return _TYPES.get(PurePosixPath(name).suffix)


def addressed(text: str, name: str, address: Address) -> str:
    """The text of a leading file with addresses in place of its neighbours' names.

    Names that lead nowhere stay as they are.
    """

    def instead(found: re.Match[str]) -> str:
        return address(found[0]) or found[0]

    match PurePosixPath(name).suffix:
        case ".m3u8":
            lines = (
                _URI.sub(instead, line) if line.startswith("#") else (line and address(line)) or line
                for line in text.split("\n")
            )
            return "\n".join(lines)
        case ".mpd":
            return _BASE_URL.sub(lambda found: escape(instead(found), quote=False), text)
        case ".vtt":
            return _CUE.sub(instead, text)
        case _:
            return text
