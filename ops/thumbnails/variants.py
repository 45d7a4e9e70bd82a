"""A title's variants in one shape: every recipe cooked, saved, scored, and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from ops.box import Box
from ops.errors import MediaError
from ops.faces import Face
from ops.thumbnails.art import NO_FRAME
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.composition import BADGE, PROGRESS_BAR
from ops.thumbnails.recipe import Recipe, Treatment, clean_recipe
from ops.thumbnails.render import Kitchen, Rendering
from ops.thumbnails.saving import DigitalSource, save_picture
from ops.thumbnails.scoring import variant_terms, variant_total, variant_weights
from ops.thumbnails.traits import traits_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Variant", "VariantSet", "make_variants"]

_COMPOSED = (Treatment.CUTOUT, Treatment.COLLAGE)


@dataclass(frozen=True)
class Variant:
    """One picture of a title in one shape, and what it is worth.

    Attributes:
        recipe: How it was made.
        picture: The JPEG file, `variant-<id>.jpg`.
        width: In pixels.
        height: In pixels.
        score: 0 to 1.
        terms: What the score is made of, each 0 to 1.
        frames: The frames that it shows, in decode order; here also where the recipe leaves the choice to the shape.
            None where it was painted from words.
        times_s: When they are shown in the film.
        faces: The faces in it, as fractions of it.
        cut_faces: How many faces an edge runs through.
        text: What its letters cover, in fractions of it; None without.
        contrast: Of the letters at 120 pixels across, as WCAG's ratio; None without.
        cap_px: Height of the smallest capitals there, in pixels; None without.
        source: Its IPTC digital source type.
        traits: What it is like, in words that other titles' pictures share.
    """

    recipe: Recipe
    picture: Path
    width: int
    height: int
    score: float
    terms: Mapping[str, float]
    frames: tuple[int, ...]
    times_s: tuple[float, ...]
    faces: tuple[Face, ...]
    cut_faces: int
    text: Box | None
    contrast: float | None
    cap_px: float | None
    source: DigitalSource
    traits: Mapping[str, str]

    @property
    def generated(self) -> bool:
        """Whether an image model made any of it: a person looks at such a picture before viewers do."""
        return self.recipe.art is not None

    @property
    def covered_faces(self) -> int:
        """How many faces the letters touch."""
        return 0 if self.text is None else sum(self.text.overlap(face.box) > 0 for face in self.faces)

    @property
    def overlaid_text(self) -> float:
        """Share of the letters' box that a list's duration badge or progress bar covers."""
        if self.text is None:
            return 0.0
        return (self.text.overlap(BADGE) + self.text.overlap(PROGRESS_BAR)) / self.text.area

    def to_json(self) -> dict[str, Any]:
        """JSON values; scores to four decimals."""
        text = None
        if self.text is not None and self.contrast is not None and self.cap_px is not None:
            box = [round(edge, 5) for edge in self.text]
            text = {"box": box, "contrast": round(self.contrast, 2), "cap_px_at_120": round(self.cap_px, 2)}
        return {
            "id": self.recipe.id,
            "file": self.picture.name,
            "width": self.width,
            "height": self.height,
            "recipe": self.recipe.to_json(),
            "traits": dict(self.traits),
            "score": round(self.score, 4),
            "terms": {name: round(value, 4) for name, value in self.terms.items()},
            "weights": {name: round(value, 4) for name, value in variant_weights(self.terms).items()},
            "frames": list(self.frames),
            "times_s": [round(time, 3) for time in self.times_s],
            "faces": [face.to_json() for face in self.faces],
            "text": text,
            "digital_source_type": str(self.source),
            "generated": self.generated,
        }


@dataclass(frozen=True)
class VariantSet:
    """The variants of a title in one shape; the first is the shape's own first choice."""

    aspect: Aspect
    variants: tuple[Variant, ...]

    def to_json(self) -> dict[str, Any]:
        """The `variants.json` of the artifact, as JSON values."""
        return {
            "aspect": str(self.aspect),
            "first": self.variants[0].recipe.id,
            "variants": [each.to_json() for each in self.variants],
        }

    def table(self) -> pd.DataFrame:
        """One row a variant, for the quality gates; sizes read back from the files."""
        import pandas as pd

        across, down = self.aspect.ratio
        rows = []
        for each in self.variants:
            with Image.open(each.picture) as opened:
                opened.load()
                width, height, extrema = opened.width, opened.height, opened.convert("L").getextrema()
            rows.append(
                {
                    "variant": each.recipe.id,
                    "treatment": str(each.recipe.treatment),
                    "aspect_error": abs(width * down - height * across) / (height * across),
                    "tones": int(extrema[1]) - int(extrema[0]),  # type: ignore[arg-type]
                    "cut_faces": each.cut_faces,
                    "covered_faces": each.covered_faces,
                    "overlaid_text": each.overlaid_text,
                    "contrast": each.contrast,
                    "cap_px": each.cap_px,
                    "score": each.score,
                    "bytes": each.picture.stat().st_size,
                }
            )
        return pd.DataFrame(rows).astype({"contrast": float, "cap_px": float})


def make_variants(recipes: Sequence[Recipe], kitchen: Kitchen, aspect: Aspect, *, into: Path) -> VariantSet:
    """Cook every recipe in one shape and save it as `variant-<id>.jpg`.

    The plan's first, "each shape's own choice", becomes the recipe of the frame that this shape chose: what is tested,
    lost or rejected under an id is one picture. Where the plan has that one as well, it is made once.

    Args:
        recipes: From `plan.plan_variants`.
        kitchen: Of the same title's keyframes.
        aspect: The shape.
        into: The folder to save into.

    Raises:
        StoreError: A recipe's frame is no keyframe of the title.
        MediaError: A recipe cannot be made in this shape; one from a plan can.
    """
    first = clean_recipe(kitchen.first_choice(aspect).keyframe.frame)
    told = dict.fromkeys(each if each.frames or each.art else first for each in recipes)
    return VariantSet(aspect, tuple(_variant(recipe, kitchen, aspect, into) for recipe in told))


def _variant(recipe: Recipe, kitchen: Kitchen, aspect: Aspect, into: Path) -> Variant:
    rendering = kitchen.render(recipe, aspect)
    if rendering is None:
        raise MediaError(
            f"the recipe {recipe.id} ({recipe.treatment}) has no room in {aspect}",
            where=recipe.text,
            fix="Plan the title's variants again: a plan holds only recipes that every shape can show.",
        )
    source = _source(recipe)
    picture = into / f"variant-{recipe.id}.jpg"
    save_picture(rendering.picture, picture, source=source)
    return _told(recipe, rendering, picture, source)


def _source(recipe: Recipe) -> DigitalSource:
    if recipe.art is not None:
        from_words = not recipe.frames and not recipe.text
        return DigitalSource.GENERATED if from_words else DigitalSource.GENERATED_COMPOSITE
    return DigitalSource.COMPOSITE if recipe.treatment in _COMPOSED else DigitalSource.ENHANCED


def _told(recipe: Recipe, rendering: Rendering, picture: Path, source: DigitalSource) -> Variant:
    terms = variant_terms(rendering)
    shown = [each.study.keyframe for each in rendering.framed if each.study.keyframe.frame != NO_FRAME]
    reads = rendering.legibility
    return Variant(
        recipe=recipe,
        picture=picture,
        width=rendering.picture.width,
        height=rendering.picture.height,
        score=variant_total(terms),
        terms=terms,
        frames=tuple(keyframe.frame for keyframe in shown),
        times_s=tuple(keyframe.time_s for keyframe in shown),
        faces=rendering.faces,
        cut_faces=sum(each.cut_faces for each in rendering.framed),
        text=rendering.text,
        contrast=None if reads is None else reads.contrast,
        cap_px=None if reads is None else reads.cap,
        source=source,
        traits=traits_of(recipe, rendering),
    )
