"""A variant's recipe: everything that makes one picture of a title, as values to keep, compare and cook again.

A recipe knows no shape: the same one renders every aspect. Its id is a hash of its content, so that the same idea has
the same name in the store, in an experiment and in the report of what was learned.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ops.errors import StoreError

__all__ = ["LONGEST_TEXT", "NATURAL", "Art", "Framing", "Recipe", "Treatment", "clean_recipe"]

LONGEST_TEXT = 48
"""Characters of a lockup; what is longer cannot be read at the size of a list, however it is set."""

NATURAL = "natural"
"""The grade of a picture whose colours are the film's own."""

_HEX = re.compile(r"#[0-9a-f]{6}")
_MOST_FRAMES = 3


class Treatment(StrEnum):
    """What is done with the frames."""

    CLEAN = "clean"
    """One frame, composed and finished."""
    TITLE = "title"
    """A frame with the title's lockup."""
    GRADE = "grade"
    """A frame in other colours."""
    CUTOUT = "cutout"
    """The subject, cut out, over a backdrop made of its own surroundings."""
    COLLAGE = "collage"
    """Two or three frames in one layout."""
    GENERATED = "generated"
    """A picture that an image model made, from a frame or from words alone."""


class Framing(StrEnum):
    """How near the crop goes."""

    WIDE = "wide"
    CLOSE = "close"


@dataclass(frozen=True)
class Art:
    """What an image model was asked for, and on what terms its work may be used.

    Attributes:
        engine: The engine and its model, as `ImagePainter.name` gives it.
        licence: The model's licence, as `ImagePainter.licence` gives it.
        prompt: What to paint.
        negative_prompt: What to leave out.
        strength: How far a frame is changed: near 0 hardly, 1 beyond recognition; 1 where there is no frame.
    """

    engine: str
    licence: str
    prompt: str
    negative_prompt: str
    strength: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Art:
        """Read back what `to_json` wrote.

        Raises:
            KeyError, TypeError, ValueError: It is not such a value.
        """
        words = (str(value[name]) for name in ("engine", "licence", "prompt", "negative_prompt"))
        return cls(*words, strength=float(value["strength"]))


@dataclass(frozen=True)
class Recipe:
    """How a variant is made.

    Attributes:
        treatment: What is done with the frames.
        frames: Their numbers in decode order; none, in a plan, means each shape's own first choice.
        framing: How near the crop goes.
        grade: A name of `grade.GRADES`.
        text: The words of the lockup, ready to set; empty for none.
        lettering: A name of `typeface.STYLES`; empty where there is no text.
        palette: Deep tone and accent as "#rrggbb"; empty where neither is used.
        seed: For what is random in it: the grain, and what an image model paints.
        tagline: A line under the title; empty for none.
        art: What an image model is asked for; only a generated picture has it. With a frame the model paints over
            that frame, without one it paints from the words alone.

    Raises:
        StoreError: A value is not one that a recipe can have.
    """

    treatment: Treatment
    frames: tuple[int, ...] = ()
    framing: Framing = Framing.WIDE
    grade: str = NATURAL
    text: str = ""
    lettering: str = ""
    palette: tuple[str, ...] = ()
    seed: int = 0
    tagline: str = ""
    art: Art | None = None

    def __post_init__(self) -> None:
        wrong = self._wrong()
        if wrong:
            raise StoreError(
                f"breaks a recipe's rule: {wrong}", where=self.treatment, fix="Plan the title's variants again."
            )

    def _wrong(self) -> str:
        one_frame = self.treatment in (Treatment.GRADE, Treatment.CUTOUT, Treatment.TITLE)
        rules = {
            f"up to {_MOST_FRAMES} frame numbers": len(self.frames) <= _MOST_FRAMES
            and min(self.frames, default=0) >= 0,
            "a collage has two frames or more": self.treatment is not Treatment.COLLAGE or len(self.frames) >= 2,
            f"a {self.treatment} has one frame": not one_frame or len(self.frames) == 1,
            "a text goes with a lettering": bool(self.text) == bool(self.lettering),
            f"a text has at most {LONGEST_TEXT} characters": len(self.text) <= LONGEST_TEXT,
            "a title has a text": self.treatment is not Treatment.TITLE or bool(self.text),
            f"a tagline goes under a text and has at most {LONGEST_TEXT} characters": not self.tagline
            or (bool(self.text) and len(self.tagline) <= LONGEST_TEXT),
            "art and a generated picture go together": (self.art is None)
            == (self.treatment is not Treatment.GENERATED),
            "a generated picture is made from one frame, or from none at strength 1": self.art is None
            or (len(self.frames) == 1 and 0 < self.art.strength <= 1)
            or (not self.frames and self.art.strength == 1),
            "a palette is a deep tone and an accent, as #rrggbb": len(self.palette) in (0, 2)
            and all(_HEX.fullmatch(colour) for colour in self.palette),
        }
        return "; ".join(rule for rule, kept in rules.items() if not kept)

    @property
    def id(self) -> str:
        """Eight hex digits, the same for the same recipe everywhere."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    def to_json(self) -> dict[str, Any]:
        """JSON values; what was added to recipes later is left out where it is empty, so that old ids stay."""
        told: dict[str, Any] = {
            "treatment": str(self.treatment),
            "frames": list(self.frames),
            "framing": str(self.framing),
            "grade": self.grade,
            "text": self.text,
            "lettering": self.lettering,
            "palette": list(self.palette),
            "seed": self.seed,
        }
        if self.tagline:
            told["tagline"] = self.tagline
        if self.art is not None:
            told["art"] = self.art.to_json()
        return told

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Recipe:
        """Read back what `to_json` wrote.

        Raises:
            StoreError: It is not such a value.
        """
        try:
            return cls(
                treatment=Treatment(value["treatment"]),
                frames=tuple(int(frame) for frame in value["frames"]),
                framing=Framing(value["framing"]),
                grade=str(value["grade"]),
                text=str(value["text"]),
                lettering=str(value["lettering"]),
                palette=tuple(str(colour) for colour in value["palette"]),
                seed=int(value["seed"]),
                tagline=str(value.get("tagline", "")),
                art=None if value.get("art") is None else Art.from_json(value["art"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"is no recipe: {error}", where="variants.json", fix="Plan the title's variants again."
            ) from error


def clean_recipe(frame: int) -> Recipe:
    """The recipe of a frame as it is, wide."""
    return Recipe(Treatment.CLEAN, (frame,))
