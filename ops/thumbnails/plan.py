"""Which variants a title gets: many recipes are looked at small, and a few that differ are kept.

Every recipe is cooked at 320 pixels and scored; then maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998)
picks the set, for a test of eight pictures that look alike teaches nothing. Shapes do not enter: one plan serves all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ops.descriptors import picture_descriptor
from ops.errors import MediaError
from ops.thumbnails.art import Artist
from ops.thumbnails.aspect import Aspect
from ops.thumbnails.composition import colourfulness
from ops.thumbnails.framing import best_framing
from ops.thumbnails.looks import Look
from ops.thumbnails.matte import LEAST_TRUST
from ops.thumbnails.palette import palette_of
from ops.thumbnails.recipe import NATURAL, Framing, Recipe, Treatment
from ops.thumbnails.render import Kitchen
from ops.thumbnails.scoring import variant_terms, variant_total
from ops.thumbnails.study import Study
from ops.thumbnails.traits import Lean, lean_on, traits_of
from ops.thumbnails.typeface import STYLES, can_set

__all__ = ["FEWEST", "MOST", "fingerprint", "plan_variants"]

FEWEST, MOST = 4, 8

_FRAMES = 7
"""Frames that recipes are made of: beyond, a title's next best ones are a tenth worse and look alike."""

_FEWEST_FRAMES, _NEARLY = 3, 0.9
"""Beyond the first three frames, one must score nearly as well as the best: a test is no place for poor pictures."""

_PREVIEW_WIDTH = 320
_RELEVANCE = 0.55
"""Share of the score against likeness. Scores of good pictures lie within 0.1, so likeness is given its weight."""

_SAME_TREATMENT, _SAME_FRAME = 0.30, 0.22
"""What two variants have in common beside their looks."""

_APART = 10
"""Bits of 64 by which the hashes of two variants differ at least, where there is a choice (Hamming distance)."""

_MOST_OF_A_KIND = 3
_MOST_GENERATED = 2
"""A person looks at each of them before viewers do, and the others must be enough for a test without them."""

_GREY = 8.0
"""Colourfulness (Hasler and Süsstrunk) below which a film is black and white."""

_GREY_GRADES = ("mono", "duotone")
"""What a black and white film may become: more itself, or two inks, but not half coloured."""


@dataclass(frozen=True)
class _Candidate:
    recipe: Recipe
    score: float
    descriptor: np.ndarray
    hash: int


def plan_variants(
    studies: Sequence[Study],
    *,
    text: str,
    look: Look,
    most: int = 6,
    seed: int = 0,
    avoid: Collection[str] = (),
    lean: Lean | None = None,
    taglines: Sequence[str] = (),
    artist: Artist | None = None,
) -> list[Recipe]:
    """The recipes of a title's variants; the first is each shape's own first choice, untouched.

    Args:
        studies: The title's studied keyframes.
        text: The words for lockups, from `wording.lockup_text`; empty for none.
        look: What suits the title's genre.
        most: How many, 4 to 8; fewer come where a film has too little to show.
        seed: Of what is random, and another seed is another recipe.
        avoid: Ids of recipes that lost a test, and are not made again.
        lean: What each trait is worth beside the look, from past tests; 1 is neutral.
        taglines: Lines to set under the title, where both have room in every shape.
        artist: Paints generated pictures; without one there are none. It tells which it dropped, and why.

    Raises:
        MediaError: There is no keyframe to make one from.
    """
    if not studies:
        raise MediaError(
            "the film has no keyframe that could be a thumbnail", fix="Deliver a film with a picture in it."
        )
    most = min(max(most, FEWEST), MOST)
    kitchen = Kitchen(studies, artist=artist)
    first = Recipe(Treatment.CLEAN)
    recipes = [each for each in _recipes(kitchen, text, look, seed, taglines) if each.id not in avoid]
    if artist is not None:
        recipes += _painted(kitchen, artist, text=text, look=look, seed=seed, avoid=avoid)
    tasted = [_tasted(kitchen, each, look, lean or {}) for each in (first, *recipes)]
    candidates = [each for each in tasted if each is not None]
    return [each.recipe for each in _diverse(candidates, most)]


def fingerprint(rgb: np.ndarray) -> int:
    """64 bits that stay when a picture is scaled or compressed: the signs of its lowest frequencies (pHash)."""
    grey = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(grey.astype(np.float32))[:8, :8].ravel()
    bits = low > np.median(low[1:])
    return int("".join("1" if bit else "0" for bit in bits), 2)


def _recipes(kitchen: Kitchen, text: str, look: Look, seed: int, taglines: Sequence[str]) -> Iterator[Recipe]:
    """Frames × framings × treatments, for the title's best few frames; every other one with a tagline."""
    best = _best_frames(list(kitchen.studies.values()))
    letterings = [name for name in look.letterings if text and can_set(text, STYLES[name])]
    grades = look.grades if any(colourfulness(study.small) > _GREY for study in best) else _GREY_GRADES
    for nth, study in enumerate(best):
        frame = study.keyframe.frame
        palette = palette_of(study.small)
        for framing in Framing:
            yield Recipe(Treatment.CLEAN, (frame,), framing, seed=seed)
        for grade in grades:
            yield Recipe(Treatment.GRADE, (frame,), grade=grade, palette=palette, seed=seed)
        for place, lettering in enumerate(letterings):
            grade = grades[0] if (nth + place) % 2 else NATURAL
            plain = Recipe(
                Treatment.TITLE, (frame,), grade=grade, text=text, lettering=lettering, palette=palette, seed=seed
            )
            if taglines and (nth + place) % 2:
                told = replace(plain, tagline=taglines[nth % len(taglines)])
                plain = told if _fits_every_shape(kitchen, told) else plain
            yield plain
        if kitchen.matte(frame).trust >= LEAST_TRUST:
            yield Recipe(Treatment.CUTOUT, (frame,), palette=palette, seed=seed)
            if letterings:
                style = letterings[nth % len(letterings)]
                yield Recipe(Treatment.CUTOUT, (frame,), text=text, lettering=style, palette=palette, seed=seed)
    frames = [study.keyframe.frame for study in best]
    for chosen in (frames[:3], frames[1:4], [frames[0], *frames[2:3]]):
        if len(chosen) >= 2:
            palette = palette_of(kitchen.studies[chosen[0]].small)
            yield Recipe(Treatment.COLLAGE, tuple(chosen), palette=palette, seed=seed)


def _painted(
    kitchen: Kitchen, artist: Artist, *, text: str, look: Look, seed: int, avoid: Collection[str]
) -> Iterator[Recipe]:
    """What an image model makes of the title's best frames and of its prompts, each as it is and with the title.

    A picture that lost a test is not painted again to be tried with words.
    """
    letterings = [name for name in look.letterings if text and can_set(text, STYLES[name])]
    frames = [study.keyframe.frame for study in _best_frames(list(kitchen.studies.values()))]
    for recipe in artist.recipes(frames, seed=seed):
        if recipe.id in avoid or not artist.fits(recipe):
            continue
        yield recipe
        palette = palette_of(artist.study(recipe).small)
        titled = [replace(recipe, text=text, lettering=name, palette=palette) for name in letterings[:1]]
        yield from (each for each in titled if each.id not in avoid)


def _fits_every_shape(kitchen: Kitchen, recipe: Recipe) -> bool:
    return all(kitchen.can_make(recipe, aspect) for aspect in Aspect)


def _best_frames(studies: list[Study]) -> list[Study]:
    """The best few frames that differ, best first."""
    scores = [best_framing(study, Aspect.W16X9).score for study in studies]
    vectors = np.stack([picture_descriptor(study.small) for study in studies])
    order = sorted(range(len(studies)), key=lambda each: -scores[each])[: 2 * _FRAMES]
    kept: list[int] = []
    for each in order:
        if len(kept) >= _FEWEST_FRAMES and scores[each] < _NEARLY * scores[order[0]]:
            break
        if len(kept) < _FRAMES and all(float(vectors[each] @ vectors[other]) < 0.93 for other in kept):
            kept.append(each)
    return [studies[each] for each in kept]


def _tasted(kitchen: Kitchen, recipe: Recipe, look: Look, lean: Lean) -> _Candidate | None:
    """A recipe's preview and score; None where it cannot be made in every shape."""
    if not _fits_every_shape(kitchen, recipe):
        return None
    rendering = kitchen.render(recipe, Aspect.W16X9, preview=_PREVIEW_WIDTH)
    if rendering is None:
        return None
    rgb = np.asarray(rendering.picture)
    worth = look.treatments[recipe.treatment] * lean_on(traits_of(recipe, rendering), lean)
    score = variant_total(variant_terms(rendering)) * worth
    return _Candidate(recipe, score, picture_descriptor(rgb), fingerprint(rgb))


def _diverse(candidates: Sequence[_Candidate], most: int) -> list[_Candidate]:
    """The first candidate, then one after another the best that is unlike those chosen."""
    chosen = [candidates[0]]
    open_ = list(candidates[1:])
    while open_ and len(chosen) < most:
        kinds = Counter(each.recipe.treatment for each in chosen)
        fit = [each for each in open_ if kinds[each.recipe.treatment] < _most_of(each.recipe.treatment)]
        new = [each for each in fit if min(_bits(each, other) for other in chosen) >= _APART]
        if not new and len(chosen) >= FEWEST:
            break
        pool = new or fit or open_
        best = max(
            pool,
            key=lambda each: _RELEVANCE * each.score - (1 - _RELEVANCE) * max(_alike(each, other) for other in chosen),
        )
        chosen.append(best)
        open_.remove(best)
    return chosen


def _most_of(treatment: Treatment) -> int:
    return _MOST_GENERATED if treatment is Treatment.GENERATED else _MOST_OF_A_KIND


def _bits(one: _Candidate, other: _Candidate) -> int:
    return (one.hash ^ other.hash).bit_count()


def _alike(one: _Candidate, other: _Candidate) -> float:
    """0 to 1: by looks, by treatment, and by the frames they show."""
    looks = max(0.0, float(one.descriptor @ other.descriptor))
    shared = bool(set(one.recipe.frames) & set(other.recipe.frames))
    treated = one.recipe.treatment is other.recipe.treatment
    return (1 - _SAME_TREATMENT - _SAME_FRAME) * looks + _SAME_TREATMENT * treated + _SAME_FRAME * shared
