"""Which look a stream is to have: what its address names, else what the viewer's profile says; made already or not."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ops.errors import StoreError, UsageError
from ops.style.catalogue import house_styles
from ops.style.model import Look, Recipe, Style, look_of
from ops.tastes.course import LookCourse
from ops.tastes.explain import Source
from resources.custom_styles import style_library
from resources.store.model import ArtifactKey, Manifest
from resources.tastes import Tastes
from resources.titles import Master
from serving.edge import Edge
from serving.shared_answer import SharedAnswers

__all__ = ["PLAIN", "STYLE_PATTERN", "Looks", "look_of_text"]

PLAIN = "none"
"""Names the film as it is."""

_ONE = r"[a-z][a-z0-9_]{1,39}(@[0-9.]{1,6})?(:[0-9.]{1,6})?"
STYLE_PATTERN = f"^{_ONE}(,{_ONE}){{0,3}}$"
"""Styles, each perhaps with @strength and :weight: "noir", "noir@0.6", "noir:0.7,pastel:0.3"."""

_PART = re.compile(r"([a-z][a-z0-9_]{1,39})(?:@([0-9.]+))?(?::([0-9.]+))?")
_LIBRARY_S, _VIEWER_S = 5.0, 1.0
_RENDITION, _LADDER = "rendition", "rendition_ladder"
_SOURCE, _MASTER = "source_video", "master"
"""What renditions are made from, and under which name its inputs tell the film's hash."""

_log = logging.getLogger(__name__)


def look_of_text(text: str, library: Mapping[str, Style]) -> Look | None:
    """The look that an address names; None is the film as it is.

    Raises:
        UsageError: It names no style there is, or no mix that can be made.
    """
    if text == PLAIN:
        return None
    recipes = []
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise UsageError(
                f"{part!r} names no style", where="style", fix="Write noir, noir@0.6 or noir:0.7,pastel:0.3."
            )
        try:
            strength, weight = float(found[2] or 1), float(found[3] or 1)
        except ValueError:
            raise UsageError(f"{part!r} has no number", where="style", fix="Write noir@0.6 or noir:0.7.") from None
        recipes.append((Recipe(found[1], strength=strength), weight))
    return look_of(recipes, library)


@dataclass(frozen=True)
class ViewersNow:
    """What a viewer is shown now.

    Attributes:
        look: Of the whole film; None is the film as it is.
        why: In words, for them.
        by_scene: Whether what is believed of them decides, which may differ from scene to scene. What they chose, or
            what is tried on them, is one look.
    """

    look: Look | None
    why: str
    by_scene: bool


class Looks:
    """Finds looks. Safe to share between threads; its calls wait for the database."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._tastes = Tastes(edge.database)
        self._libraries: SharedAnswers[Mapping[str, Style]] = SharedAnswers(_LIBRARY_S)
        self._courses: SharedAnswers[LookCourse] = SharedAnswers(_VIEWER_S)
        self._viewers: SharedAnswers[ViewersNow] = SharedAnswers(_VIEWER_S)

    @property
    def library(self) -> Mapping[str, Style]:
        """Every style that may be used, as of a few seconds ago."""
        return self._libraries.of("", lambda: style_library(self._edge.database, self._edge.store))

    def edition(self, look: Look) -> str:
        """Empty for a look of the house's own styles; else what changes when one of the others is published anew."""
        folders = [str(self.library[style].folder) for style in sorted(set(look.styles) - house_styles().keys())]
        return f"-{sha256(' '.join(folders).encode()).hexdigest()[:8]}" if folders else ""

    def of_viewer(self, viewer: str, title: str) -> ViewersNow:
        """What a viewer's profile says of a title, as of a second ago: a stream asks with every segment.

        Args:
            viewer: The pseudonym.
            title: The title.
        """

        def ask() -> ViewersNow:
            found = self._tastes.look_for(viewer, title, self.library)
            return ViewersNow(found.look, found.why, found.source in (Source.PROFILE, Source.POPULATION))

        return self._viewers.of(f"{viewer} {title}", ask)

    def course_of_viewer(self, viewer: str, title: str, shots: Sequence[tuple[float, int]]) -> LookCourse:
        """The same scene by scene, as of a second ago.

        Args:
            viewer: The pseudonym.
            title: The title.
            shots: Each shot's begin in the film's seconds, and its first frame; the first is frame 0.
        """
        return self._courses.of(
            f"{viewer} {title}", lambda: self._tastes.course_for(viewer, title, shots, self.library)
        )

    def finished(self, title: str, master: Master, look: Look) -> str | None:
        """Where the finished rendition's playlist is; None where there is none of this film in this look."""
        made = self._made(title, master, look)
        ladder = made and self._manifest(ArtifactKey(title, _LADDER, made.key.variant))
        if made is None or ladder is None or ladder.made_by.parameters.get("rendition") != made.version:
            return None
        file = ladder.file("master.m3u8")
        return self._edge.links.to(ladder.key, ladder.version, file.name, file.sha256)

    def rendition(self, title: str, master: Master, look: Look) -> Master | None:
        """The film that was made of a title in a look, as something to stream; None where there is none."""
        made = self._made(title, master, look)
        file = made and next((each for each in made.files if each.media_type.startswith("video/")), None)
        if made is None or file is None:
            return None
        try:
            path = self._edge.store.fetch(made, file.name)
        except StoreError as error:
            _log.warning("the rendition %s cannot be had: %s", made.key, error)
            return None
        return Master(title, file.sha256, str(path), file.size_bytes, made.created_at)

    def _made(self, title: str, master: Master, look: Look) -> Manifest | None:
        """The manifest of the title's rendition in exactly this look, of exactly this film."""
        source = self._manifest(ArtifactKey(title, _SOURCE))
        if source is None or source.inputs.get(_MASTER) != master.sha256:
            return None
        for variant in dict.fromkeys((look.parts[0].recipe.style, look.key)):
            manifest = self._manifest(ArtifactKey(title, _RENDITION, variant))
            if (
                manifest is not None
                and manifest.made_by.parameters.get("look_key") == look.key
                and manifest.inputs.get(_SOURCE) == source.data_version
            ):
                return manifest
        return None

    def _manifest(self, key: ArtifactKey) -> Manifest | None:
        try:
            return self._edge.store.manifest(key)
        except StoreError as error:
            _log.warning("%s cannot be looked for: %s", key, error)
            return None
