"""A recipe cooked in one shape: the same steps for a preview of 320 pixels and for what is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ops.box import Box
from ops.errors import StoreError
from ops.faces import Face
from ops.thumbnails.art import Artist
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.crop import best_crops
from ops.thumbnails.framing import Framed, Layout, best_framing, framings, opened, shown, size_of, terms_of
from ops.thumbnails.grade import graded
from ops.thumbnails.legibility import Legibility
from ops.thumbnails.lockup import Lockup, place, with_lockup
from ops.thumbnails.matte import Matte, matte_of
from ops.thumbnails.montage import cut_out, joined, panel_pixels, panels
from ops.thumbnails.palette import palette_of
from ops.thumbnails.recipe import NATURAL, Framing, Recipe, Treatment, clean_recipe
from ops.thumbnails.study import Study

__all__ = ["Kitchen", "Rendering"]

_CROPS_FOR_TEXT = 24
"""Crops among which one with room for the title is looked for."""


@dataclass(frozen=True)
class Rendering:
    """A recipe's picture in one shape.

    Attributes:
        picture: RGB.
        framed: The crops that it shows, the main one first.
        faces: The faces in it, as fractions of it.
        text: What the letters cover, in fractions of it; None without.
        legibility: How they read at the size of a list; None without.
    """

    picture: Image.Image
    framed: tuple[Framed, ...]
    faces: tuple[Face, ...]
    text: Box | None = None
    legibility: Legibility | None = None


class Kitchen:
    """Cooks a title's recipes; what several of them need (mattes, crops) is worked out once.

    Args:
        studies: The title's studied keyframes.
        artist: Paints what an image model is asked for; without one, recipes with art cannot be cooked.
        barred: Ids of recipes that a person rejected: no first choice is one of them.
    """

    def __init__(self, studies: Sequence[Study], *, artist: Artist | None = None, barred: Collection[str] = ()) -> None:
        self.studies = {study.keyframe.frame: study for study in studies}
        self._artist = artist
        self._allowed = [study for study in studies if clean_recipe(study.keyframe.frame).id not in barred]
        self._mattes: dict[int, Matte] = {}
        self._first: dict[Aspect, Study] = {}
        self._crops: dict[tuple[Path, Aspect, Framing, int], list[Framed]] = {}
        self._frames: dict[Path, Image.Image] = {}
        self._can_make: dict[tuple[Recipe, Aspect], bool] = {}

    def matte(self, frame: int) -> Matte:
        """The matte of a frame's subject."""
        if frame not in self._mattes:
            self._mattes[frame] = matte_of(self.studies[frame])
        return self._mattes[frame]

    def first_choice(self, aspect: Aspect) -> Study:
        """The keyframe that makes the best picture of that shape."""
        if aspect not in self._first:
            self._first[aspect] = max(self._allowed, key=lambda each: best_framing(each, aspect).score)
        return self._first[aspect]

    def framed(self, recipe: Recipe, aspect: Aspect) -> tuple[Framed, Lockup | None] | None:
        """The main crop of a recipe of one frame, and its title's place; None where the title finds none.

        Raises:
            StoreError: A frame of the recipe is not among the title's keyframes.
        """
        study = self._main(recipe, aspect)
        if not recipe.text:
            return max(self._framings(study, aspect, recipe.framing, 3), key=lambda each: each.score), None
        tries = self._tries(recipe, aspect)
        found = [(each, lockup) for each in tries if (lockup := self._lockup(recipe, each, aspect)) is not None]
        return max(found, key=lambda pair: pair[0].score + 0.35 * pair[1].score, default=None)

    def render(self, recipe: Recipe, aspect: Aspect, *, preview: int = 0) -> Rendering | None:
        """The recipe in that shape; None where its title finds no room.

        Args:
            recipe: What to make.
            aspect: The shape.
            preview: Width in pixels of a quick look from the small pictures; 0 for the real thing.

        Raises:
            StoreError: A frame of the recipe is not among the title's keyframes.
        """
        if recipe.treatment is Treatment.COLLAGE:
            return self._collage(recipe, aspect, preview)
        found = self.framed(recipe, aspect)
        if found is None:
            return None
        framed, lockup = found
        size = _preview_size(aspect, preview) if preview else size_of(framed, aspect)
        picture = self._picture(framed, size, preview)
        palette = recipe.palette or palette_of(framed.study.small)
        if recipe.treatment is Treatment.CUTOUT:
            cover = self.matte(framed.study.keyframe.frame).cover
            left, top, right, bottom = framed.crop.pixels(cover.shape[1], cover.shape[0])
            picture = Image.fromarray(cut_out(np.asarray(picture), cover[top:bottom, left:right], palette))
        if recipe.grade != NATURAL:
            picture = Image.fromarray(graded(np.asarray(picture), recipe.grade, palette=palette, seed=recipe.seed))
        if lockup is None:
            return Rendering(picture, (framed,), framed.faces)
        if lockup.size != size:  # a preview is set again at its own size
            lockup = self._lockup(recipe, framed, aspect, size)
            if lockup is None:
                return None
        picture, legibility = with_lockup(picture, lockup, palette)
        return Rendering(picture, (framed,), framed.faces, lockup.box, legibility)

    def _tries(self, recipe: Recipe, aspect: Aspect) -> list[Framed]:
        """Crops among which one with room for the title is looked for; without faces, neighbours are much alike."""
        study = self._main(recipe, aspect)
        return self._framings(study, aspect, recipe.framing, _CROPS_FOR_TEXT)[:: 1 if study.faces else 3]

    def _framings(self, study: Study, aspect: Aspect, framing: Framing, most: int) -> list[Framed]:
        key = (study.path, aspect, framing, most)
        if key not in self._crops:
            self._crops[key] = framings(study, aspect, framing, most=most)
        return self._crops[key]

    def can_make(self, recipe: Recipe, aspect: Aspect) -> bool:
        """Whether the recipe works in that shape: its title has room, its panels cut no face."""
        key = (recipe, aspect)
        if key not in self._can_make:
            self._can_make[key] = self._works(recipe, aspect)
        return self._can_make[key]

    def _works(self, recipe: Recipe, aspect: Aspect) -> bool:
        if recipe.treatment is not Treatment.COLLAGE:
            return not recipe.text or any(
                self._lockup(recipe, each, aspect) is not None for each in self._tries(recipe, aspect)
            )
        places = [panel_pixels(box, aspect.size) for box in _panels(recipe, aspect)]
        return all(
            _panel_framing(self._study(frame), right - left, bottom - top) is not None
            for frame, (left, top, right, bottom) in zip(recipe.frames, places, strict=True)
        )

    def _lockup(
        self, recipe: Recipe, framed: Framed, aspect: Aspect, size: tuple[int, int] | None = None
    ) -> Lockup | None:
        if framed.layout is Layout.EXTENDED:
            return None  # the picture stands inside another one, and the letters would stand across its edge
        whole = framed.study.saliency
        left, top, right, bottom = framed.crop.pixels(whole.shape[1], whole.shape[0])
        seen = whole[top:bottom, left:right]

        def placed(clear_of: Sequence[Box]) -> Lockup | None:
            return place(
                recipe.text,
                recipe.lettering,
                size or size_of(framed, aspect),
                faces=framed.faces,
                saliency_map=seen,
                tagline=recipe.tagline,
                clear_of=clear_of,
            )

        # letters over an animal are a pity, and over a face a fault: without room elsewhere they may stand there
        apart = placed([framed.subject.box]) if framed.subject else None
        return apart or placed([])

    def _collage(self, recipe: Recipe, aspect: Aspect, preview: int) -> Rendering | None:
        boxes = _panels(recipe, aspect)
        size = _preview_size(aspect, preview)
        if not preview:
            widths = [
                self._study(frame).width * self._study(frame).area.w / box.w
                for frame, box in zip(recipe.frames, boxes, strict=True)
            ]
            size = aspect.size_for(int(min(widths)))
        places = [panel_pixels(box, size) for box in boxes]
        framed, parts, faces = [], [], []
        for frame, (left, top, right, bottom) in zip(recipe.frames, places, strict=True):
            each = _panel_framing(self._study(frame), right - left, bottom - top)
            if each is None:
                return None
            part = self._picture(each, (right - left, bottom - top), preview)
            if recipe.grade != NATURAL:
                part = Image.fromarray(graded(np.asarray(part), recipe.grade, palette=recipe.palette, seed=recipe.seed))
            framed.append(each)
            parts.append(part)
            panel = Box(left / size[0], top / size[1], (right - left) / size[0], (bottom - top) / size[1])
            faces += [face.placed_by(panel) for face in each.faces]
        return Rendering(joined(parts, places, size, recipe.palette), tuple(framed), tuple(faces))

    def _picture(self, framed: Framed, size: tuple[int, int], preview: int) -> Image.Image:
        study = framed.study
        if not preview:
            if study.path not in self._frames:
                if len(self._frames) >= 4:
                    self._frames.pop(next(iter(self._frames)))
                self._frames[study.path] = opened(study)
            return shown(framed, size, self._frames[study.path])
        height, width = study.small.shape[:2]
        crop = framed.crop
        box = (crop.x * width, crop.y * height, min(crop.right * width, width), min(crop.bottom * height, height))
        return Image.fromarray(study.small).resize(size, Image.Resampling.BILINEAR, box=box)

    def _main(self, recipe: Recipe, aspect: Aspect) -> Study:
        """The picture that the recipe is mainly of: a painted one, its frame, or the shape's own first choice."""
        if recipe.art is not None:
            if self._artist is None:
                raise StoreError(
                    f"the recipe was painted by {recipe.art.engine}, and there is no image model",
                    where=recipe.id,
                    fix="Set SHOWRUNNER_IMAGE_ENGINE to the model it names, or plan the title's variants again.",
                )
            return self._artist.study(recipe)
        return self._study(recipe.frames[0]) if recipe.frames else self.first_choice(aspect)

    def _study(self, frame: int) -> Study:
        study = self.studies.get(frame)
        if study is None:
            raise StoreError(
                f"frame {frame} of a recipe is no keyframe of this title",
                where="variants.json",
                fix="Plan the title's variants again: its keyframes have changed.",
            )
        return study


def _panels(recipe: Recipe, aspect: Aspect) -> list[Box]:
    across, down = aspect.ratio
    return panels(len(recipe.frames), across / down)


def _preview_size(aspect: Aspect, width: int) -> tuple[int, int]:
    across, down = aspect.ratio
    return max(width, 2), max(2, round(width * down / across))


def _panel_framing(study: Study, width: int, height: int) -> Framed | None:
    """The best crop for a panel, whatever its shape; None where each would cut a face."""
    frame_ratio = study.area.w * study.width / (study.area.h * study.height)
    subject = None if study.subject is None else study.subject.box
    crops = best_crops(
        study.saliency, study.faces, frame_ratio=frame_ratio, ratio=width / height, most=3, subject=subject
    )
    tried = [Framed(study, crop, Layout.CROP, terms_of(study, crop)) for crop in crops]
    return max(tried, key=lambda each: each.score, default=None)
