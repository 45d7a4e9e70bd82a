"""The files that lie beside a film and belong to it: subtitles, and a script of what is said."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ops.languages.table import by_tag

__all__ = ["Sidecar", "not_understood", "sidecars_of"]

_SUBTITLES = frozenset({".srt", ".vtt", ".ass", ".ssa", ".ttml", ".dfxp"})
_SCRIPT = ".txt"
_FORCED = frozenset({"forced", "foreign"})
_HEARING_IMPAIRED = frozenset({"sdh", "cc", "hi"})
_IGNORED = frozenset({"default", "script", "transcript", "full"})
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*|[^\W\d_]{3,}(?:[ _-]?[(]?[^\W\d_]{3,}[)]?)*")
"""A code with its script and region, or an English name: "pt-br", "hebrew", "chinese (simplified)"."""
_MOST_PARTS = 4


@dataclass(frozen=True)
class Sidecar:
    """A file beside a film.

    Attributes:
        path: Where it is.
        language: A code of `ops.languages`; None where its name tells none.
        forced: Whether it holds the foreign lines alone.
        hearing_impaired: Whether it tells sounds too.
        is_script: Whether it is a plain text of what is said, without times.
    """

    path: Path
    language: str | None = None
    forced: bool = False
    hearing_impaired: bool = False
    is_script: bool = False


def sidecars_of(film: Path) -> list[Sidecar]:
    """The files that are named after a film, by name: "film.srt", "film.en.srt", "film.pt-BR.forced.vtt", "film.txt".

    Between the film's name and the suffix stand a language, "forced", "sdh" (or "cc", "hi"), "default" and "script" in
    any order; a file with anything else there is none of its own (`not_understood`). "hi" is
    Hindi unless another language stands beside it. The film's name counts as it is written, suffixes in any case.
    A link counts as the file that it leads to, as the film itself may be one, so long as that is a plain file.
    """
    stem = film.name.removesuffix(film.suffix)
    found = (_sidecar(film.parent / name, stem) for name in _named_after(film))
    return [each for each in found if each is not None]


def not_understood(film: Path) -> list[Path]:
    """The subtitles that are named after a film and are not used, for their names tell no language that is known.

    Not those that are named after another film beside it ("film.part2.srt" where "film.part2.mp4" is).
    """
    stem = film.name.removesuffix(film.suffix)
    names = _named_after(film)
    texts = [name for name in names if Path(name).suffix.lower() in _SUBTITLES]
    films = {Path(name).stem for name in names if Path(name).suffix.lower() not in _SUBTITLES | {_SCRIPT}} - {stem}
    others = tuple(f"{each}." for each in films)
    unknown = [film.parent / name for name in texts if not name.startswith(others)]
    return [path for path in unknown if _sidecar(path, stem) is None]


def _named_after(film: Path) -> list[str]:
    """The names of the files beside a film that begin with its name."""
    stem = film.name.removesuffix(film.suffix)
    try:
        names = sorted(entry.name for entry in os.scandir(film.parent) if entry.is_file())
    except OSError:
        return []
    return [name for name in names if name.startswith(f"{stem}.") and name != film.name]


def _sidecar(path: Path, stem: str) -> Sidecar | None:
    suffix = path.suffix.lower()
    if suffix not in _SUBTITLES and suffix != _SCRIPT:
        return None
    middle = path.name[len(stem) : -len(suffix)].strip(".").lower()
    parts = middle.split(".") if middle else []
    if len(parts) > _MOST_PARTS:
        return None
    hearing_impaired = any(part in _HEARING_IMPAIRED - {"hi"} for part in parts)
    tags = [part for part in parts if part not in _FORCED | _HEARING_IMPAIRED - {"hi"} | _IGNORED]
    if len(tags) > 1 and "hi" in tags:
        tags.remove("hi")
        hearing_impaired = True
    languages = [by_tag(tag) for tag in tags if _LANGUAGE_TAG.fullmatch(tag)]
    if len(tags) > 1 or len(languages) < len(tags) or (tags and languages[0] is None and not _is_undetermined(tags[0])):
        return None
    return Sidecar(
        path,
        language=languages[0].code if languages and languages[0] is not None else None,
        forced=any(part in _FORCED for part in parts),
        hearing_impaired=hearing_impaired,
        is_script=suffix == _SCRIPT,
    )


def _is_undetermined(tag: str) -> bool:
    return tag in ("und", "mis", "mul")
