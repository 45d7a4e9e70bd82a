"""What engines that write and paint give to a title's variants: its look, its taglines, and an artist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resources.models.engines import Engines

if TYPE_CHECKING:
    from ops.thumbnails.art import Artist
    from ops.thumbnails.looks import Look
    from ops.thumbnails.study import Study

__all__ = ["TitleWords"]


@dataclass(frozen=True)
class TitleWords:
    """The words of one title, and who makes pictures of them.

    Attributes:
        look: What suits its genre.
        taglines: Lines that may be set under its title.
        artist: Paints its generated pictures; None without an image model.
        told: What a person wants to know of them: who wrote, and why something is missing.
    """

    look: Look
    taglines: tuple[str, ...]
    artist: Artist | None
    told: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, text: str, look: Look, studies: Sequence[Study], engines: Engines, *, fault: Callable[[str], str]
    ) -> TitleWords:
        """Have the words written.

        Args:
            text: The title as it is set; empty where it may not be, and then no model is told of it either.
            look: Of its genre.
            studies: Its studied keyframes.
            engines: Who writes, paints, finds faces and compares.
            fault: Says what is wrong with a line, or nothing.

        Raises:
            ModelUnavailable: A model that the settings choose is not here.
        """
        from ops.thumbnails.art import Artist
        from ops.thumbnails.words import art_direction, brief_of, taglines_for

        brief = brief_of(text, look.genre, studies)
        lines = taglines_for(brief, text, engines.writer, seed=0)
        told = {"genre": look.genre, "writer": lines.writer, "no_taglines": lines.missing}
        artist = None
        if engines.painter is not None and studies:
            direction, scenes = art_direction(brief, look, engines.writer, seed=0)
            told |= {"painter": engines.painter.name, "licence": engines.painter.licence, "no_scenes": scenes.missing}
            artist = Artist(
                engines.painter,
                direction,
                studies=studies,
                faces=engines.faces,
                embedder=engines.embedder,
                objects=engines.objects,
                aesthetics=engines.aesthetics,
            )
        return cls(look, tuple(line for line in lines.lines if not fault(line)), artist, told)

    def to_json(self) -> dict[str, Any]:
        """JSON values for the UI, with what the artist dropped, by recipe, and why."""
        dropped = {} if self.artist is None else dict(self.artist.dropped)
        told = {name: value for name, value in self.told.items() if value}
        return {**told, "taglines": list(self.taglines), "dropped": dropped}
