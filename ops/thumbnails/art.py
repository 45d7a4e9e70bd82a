"""Pictures that an image model makes of a title: each painted once, studied as a frame is, and held to the film.

One base picture serves every shape, as a film's frame does. What does not look like the title it stands for would
promise another film: such a picture is dropped, with its reason, before anyone sees it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from ops.aesthetics import AestheticJudge
from ops.embedding import ImageEmbedder
from ops.errors import StoreError
from ops.faces import FaceDetector
from ops.keyframes.judge import Candidate, judge
from ops.keyframes.model import Keyframe, KeyframeSet
from ops.lettering import lettering
from ops.objects import ObjectDetector
from ops.painting import ImagePainter, canvas
from ops.still_quality import still_quality
from ops.thumbnails.recipe import NATURAL, Art, Framing, Recipe, Treatment
from ops.thumbnails.study import Study, study_keyframes

__all__ = ["LEAST_LIKENESS", "NO_FRAME", "STRENGTH", "ArtDirection", "Artist", "least_likeness"]

NO_FRAME = -1
"""The frame number of a picture that shows no frame of the film."""

STRENGTH = 0.5
"""How far a frame is painted over: its subject and layout stay, its surface becomes the model's."""

LEAST_LIKENESS: Mapping[str, float] = {"embedded": 0.55, "clip": 0.65}
"""By the embedder's engine: the least cosine similarity of a generated picture to the nearest of the title's keyframes.

Embedded: measured on 81 frames of seven films. Of a film's frames 97 % reach it against the others of their film, of
frames of other films 15 %; frames that were blurred, warped, tinted or posterised all do. CLIP's is set by what is
known of it (unrelated photographs lie near 0.5) and has not been measured here.
"""

_UNKNOWN_EMBEDDER = 0.65

_OF_EACH = 2
"""Pictures painted over frames for a plan, and from words: each costs seconds of a GPU, or a minute without one."""

_MOST_LETTERING = 0.06
"""Share of a picture under letters from which it is dropped: image models write words that nobody can read."""

_FLAT = 8.0
"""Standard deviation of luma below which a model has painted nothing."""

_LARGE_FACE = 0.12
"""Height of a face, as a share of the picture, from which an actor can be known by it."""


@dataclass(frozen=True)
class ArtDirection:
    """What the pictures of a title are asked to be.

    Attributes:
        prompts: For pictures from words alone, best first.
        over_frame: For painting over a frame.
        negative: What to leave out.
        likeness: Whether frames with a recognisable face may be painted over: an actor's likeness is not the house's
            to change, so that it takes a decision.
    """

    prompts: tuple[str, ...]
    over_frame: str
    negative: str
    likeness: bool = False


class Artist:
    """Paints and studies the base pictures of a title's recipes.

    Args:
        painter: The image model.
        direction: What to paint.
        studies: The title's studied keyframes: what is painted over, and what a picture must be like.
        faces: Finds the faces in what was painted.
        embedder: Tells how alike two pictures are.
        objects: As the title's keyframes were studied.
        aesthetics: The same.
    """

    def __init__(
        self,
        painter: ImagePainter,
        direction: ArtDirection,
        *,
        studies: Sequence[Study],
        faces: FaceDetector,
        embedder: ImageEmbedder,
        objects: ObjectDetector | None = None,
        aesthetics: AestheticJudge | None = None,
    ) -> None:
        self.direction = direction
        self.dropped: dict[str, str] = {}
        """Why recipes were dropped, by their id."""
        self._painter = painter
        self._studies = {study.keyframe.frame: study for study in studies}
        self._faces = faces
        self._embedder = embedder
        self._objects = objects
        self._aesthetics = aesthetics
        self._vectors: np.ndarray | None = None
        self._made: dict[str, Study] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="art-")

    def recipes(self, frames: Sequence[int], *, seed: int) -> list[Recipe]:
        """What to try: pictures over the first two of the frames, and one each of the first two prompts.

        Args:
            frames: Of the title's keyframes; those with a recognisable face are left out, see `ArtDirection`.
            seed: Of what is painted.
        """
        over = [frame for frame in frames if self.direction.likeness or not self._shows_somebody(frame)]
        return [
            *(self._recipe((frame,), self.direction.over_frame, STRENGTH, seed) for frame in over[:_OF_EACH]),
            *(self._recipe((), prompt, 1.0, seed) for prompt in self.direction.prompts[:_OF_EACH]),
        ]

    def study(self, recipe: Recipe) -> Study:
        """The base picture of a recipe, painted when it is first asked for.

        Raises:
            StoreError: Another model is asked for than the one at hand, or a frame that the title has not.
        """
        base = _base(recipe)
        if base.id not in self._made:
            self._made[base.id] = self._studied(self._paint(base), base)
        return self._made[base.id]

    def fits(self, recipe: Recipe) -> bool:
        """Whether its base picture may stand for the title; else `dropped` says why not."""
        why = self._why_not(self.study(recipe))
        if why:
            self.dropped[recipe.id] = why
        return not why

    def likeness(self, study: Study) -> float:
        """Cosine similarity of a picture to the nearest of the title's keyframes."""
        if self._vectors is None:
            self._vectors = self._embedder.embed([each.small for each in self._studies.values()])
        (vector,) = self._embedder.embed([study.small])
        return float((self._vectors @ vector).max())

    def _why_not(self, study: Study) -> str:
        if float(study.small.std()) < _FLAT:
            return "the model painted a blank picture"
        if study.keyframe.lettering > _MOST_LETTERING:
            return f"letters cover {study.keyframe.lettering:.0%} of it, and a model's letters cannot be read"
        least, found = least_likeness(self._embedder.name), self.likeness(study)
        if found < least:
            return f"it looks too little like the title's own frames: {found:.2f}, and {least:.2f} is the least"
        return ""

    def _recipe(self, frames: tuple[int, ...], prompt: str, strength: float, seed: int) -> Recipe:
        painter = self._painter
        art = Art(painter.name, painter.licence, prompt, self.direction.negative, strength)
        return Recipe(Treatment.GENERATED, frames, seed=seed, art=art)

    def _shows_somebody(self, frame: int) -> bool:
        return any(face.h >= _LARGE_FACE for face in self._studies[frame].faces)

    def _paint(self, recipe: Recipe) -> np.ndarray:
        art = recipe.art
        assert art is not None
        if art.engine != self._painter.name:
            raise StoreError(
                f"the recipe was painted by {art.engine}, and {self._painter.name} is at hand",
                where=recipe.id,
                fix="Set SHOWRUNNER_IMAGE_ENGINE to the model it names, or plan the title's variants again.",
            )
        if not recipe.frames:
            side = self._painter.side
            size = canvas(1.0, side)  # a square loses least, whatever is cut from it
            return self._painter.text2img(art.prompt, negative=art.negative_prompt, size=size, seed=recipe.seed)
        source = self._studies.get(recipe.frames[0])
        if source is None:
            raise StoreError(
                f"frame {recipe.frames[0]} of a recipe is no keyframe of this title",
                where="variants.json",
                fix="Plan the title's variants again: its keyframes have changed.",
            )
        return self._painter.img2img(
            _at_native_size(source, self._painter.side),
            art.prompt,
            negative=art.negative_prompt,
            strength=art.strength,
            seed=recipe.seed,
        )

    def _studied(self, picture: np.ndarray, recipe: Recipe) -> Study:
        """The picture as the composition sees a keyframe; its looks are judged as a still's, and by nothing better."""
        under = self._studies[recipe.frames[0]] if recipe.frames else None
        source = under.keyframe if under else None
        faces = tuple(self._faces.detect(picture))
        if under is not None:  # what was there is there still, though a detector may not know it in paint
            faces += tuple(each for each in under.faces if not any(each.box.overlap(one.box) > 0 for one in faces))
        candidate = Candidate(
            frame=recipe.frames[0] if recipe.frames else NO_FRAME,
            pts=source.pts if source else 0,
            shot=source.shot if source else NO_FRAME,
            quality=still_quality(picture),
            stillness=1.0,
            life=source.life if source else 0.0,
            lettering=float(lettering(picture).mean()),
            descriptor=np.zeros(0, np.float32),
        ).with_faces(faces, picture)
        (judged,) = judge([candidate])
        # Alone, a picture has no sharper neighbour: it is worth no more than the best frame, which had to beat others.
        best = max(each.keyframe.score for each in self._studies.values())
        name = f"{recipe.id}.png"
        Image.fromarray(picture).save(Path(self._folder.name) / name)
        keyframe = Keyframe(
            frame=candidate.frame,
            pts=candidate.pts,
            time_s=source.time_s if source else 0.0,
            shot=candidate.shot,
            file=name,
            sharpness=judged.sharpness,
            exposure=candidate.quality.exposure,
            lettering=candidate.lettering,
            plainness=candidate.quality.plainness,
            score=min(judged.score, best),
            faces=faces,
            life=candidate.life,
            why=judged.why,
        )
        (studied,) = study_keyframes(
            KeyframeSet((keyframe,)), Path(self._folder.name), objects=self._objects, aesthetics=self._aesthetics
        )
        if under is None:
            return studied
        return replace(studied, saliency=under.saliency, subject=studied.subject or under.subject)


def least_likeness(embedder: str) -> float:
    """The floor for an embedder of that name, "embedded/descriptors" or "clip:openai/clip-vit-large-patch14"."""
    engine = embedder.partition("/")[0].partition(":")[0]
    return LEAST_LIKENESS.get(engine, _UNKNOWN_EMBEDDER)


def _base(recipe: Recipe) -> Recipe:
    """The recipe without what is done to the picture after it was painted."""
    return replace(recipe, framing=Framing.WIDE, grade=NATURAL, text="", lettering="", tagline="", palette=())


def _at_native_size(study: Study, side: int) -> np.ndarray:
    """The frame's picture, without bars, with about as many pixels as the model paints."""
    with Image.open(study.path) as opened:
        frame = opened.convert("RGB")
    left, top, right, bottom = study.area.pixels(*frame.size)
    scale = side / ((right - left) * (bottom - top)) ** 0.5
    size = (max(64, round((right - left) * scale)), max(64, round((bottom - top) * scale)))
    return np.asarray(frame.resize(size, Image.Resampling.LANCZOS, box=(left, top, right, bottom)))
