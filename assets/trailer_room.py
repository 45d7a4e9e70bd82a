"""The cutting room of one title: its analysis, its music and its words in one hand, ready for the editor.

Read once for all the cuts that a run makes; what differs between cuts is the brief.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assets.audio import FEATURES_FILE, TRACK_FILE
from assets.keyframes import KEYFRAMES_FILE
from assets.making import Work
from assets.safety import SafetyDesk
from assets.scenes import SCENES_FILE
from assets.shot_safety import ShotSafety, judge_shots
from assets.source_video import SOURCE_FILE

if TYPE_CHECKING:
    from ops.audio.features import AudioFeatures
    from ops.keyframes.model import KeyframeSet
    from ops.scenes.model import SceneAnalysis
    from ops.trailer.cuts import Cut
    from ops.trailer.editing.editor import Brief
    from ops.trailer.editing.structure import Genre
    from ops.trailer.edl import Film
    from ops.trailer.soundtrack import Bed
    from ops.trailer.viewers.learning import TrailerLessons

__all__ = ["CuttingRoom"]

_RATES = tuple(
    Fraction(*each) for each in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1), (60, 1))
)
"""Rates that a film of variable rate is cut at: the nearest."""

_FASTEST = Fraction(60)


@dataclass(frozen=True)
class CuttingRoom:
    """Everything that the trailers of one title are cut from.

    Attributes:
        work: The making under way; its inputs are read.
        lessons: What viewers of other trailers taught.
    """

    work: Work
    lessons: TrailerLessons

    @cached_property
    def facts(self) -> dict[str, object]:
        """The `source_video` artifact."""
        return json.loads(self.work.input_file("source_video", SOURCE_FILE).read_text())

    @cached_property
    def analysis(self) -> SceneAnalysis:
        """The `scenes` artifact, with those of its lines that can be taken out of the film whole."""
        from ops.scenes.model import SceneAnalysis
        from ops.trailer.editing.safe_lines import safe_lines

        found = SceneAnalysis.load(self.work.input_file("scenes", SCENES_FILE))
        return replace(found, lines=safe_lines(found.lines, self.track))

    @cached_property
    def sound(self) -> AudioFeatures:
        """What is heard in the film."""
        from ops.audio.features import AudioFeatures

        return AudioFeatures.from_json(json.loads(self.work.input_file("audio_features", FEATURES_FILE).read_text()))

    @cached_property
    def track(self) -> Path:
        """The film's sound."""
        return self.work.input_file("audio_track", TRACK_FILE)

    @cached_property
    def keyframes(self) -> KeyframeSet:
        """The film's keyframes."""
        from ops.keyframes.model import KeyframeSet

        return KeyframeSet.from_json(json.loads(self.work.input_file("keyframes", KEYFRAMES_FILE).read_text()))

    @cached_property
    def film(self) -> Film:
        """The film as the editor knows it."""
        from ops.trailer.edl import Film

        return Film(
            name=self.work.studio.catalogue.title(self.work.title).name,
            sha256=str(self.facts["sha256"]),
            frames=int(self.analysis.duration_s * self.rate),
            picture=self.picture,
        )

    @cached_property
    def rate(self) -> Fraction:
        """The trailers' rate: the film's own, up to 60 a second; the nearest usual one where the film's varies."""
        video = self._video
        told = video["frame_rate"]
        if told is None:
            average = Fraction(str(video["average_rate"]))
            return min(_RATES, key=lambda rate: abs(rate - average))
        rate = Fraction(str(told))
        while rate > _FASTEST:
            rate /= 2
        return rate

    @cached_property
    def size(self) -> tuple[int, int]:
        """The film's width and height as displayed."""
        return int(str(self._video["width"])), int(str(self._video["height"]))

    @cached_property
    def picture(self) -> tuple[float, float, float, float]:
        """What is inside the black bars of most of its shots: left, top, right, bottom as shares."""
        area = self.keyframes.usual_area
        return area.x, area.y, round(area.right, 4), round(area.bottom, 4)

    @cached_property
    def shots(self) -> dict[int, tuple[float, float]]:
        """From when to when each shot of the film lasts, seconds."""
        numbers, starts, ends = (self.analysis.column(name) for name in ("shot", "start_s", "end_s"))
        return {int(shot): (float(start), float(end)) for shot, start, end in zip(numbers, starts, ends, strict=True)}

    @cached_property
    def desk(self) -> SafetyDesk:
        """The safety gates."""
        return SafetyDesk(self.work.title, self.work.studio)

    @cached_property
    def safety(self) -> ShotSafety:
        """What the gates say of the film's shots."""
        return judge_shots(
            self.work.key,
            self.work.studio,
            master=self.film.sha256,
            shots=self.shots,
            keyframes=self.keyframes,
            folder=self.work.studio.store.fetch_all(self.work.inputs["keyframes"]),
        )

    @cached_property
    def genre(self) -> tuple[Genre, str]:
        """The genre that the trailers are cut by, and why."""
        from ops.audio.kinds import SoundKind
        from ops.trailer.editing.structure import genre_of, genre_that_fits

        told = self.work.studio.catalogue.title(self.work.title).genre
        known = genre_of(told)
        if known is not None:
            genre, why = known, f"the title's genre is {told}"
        else:
            length = max(self.sound.duration_s, 1e-6)
            genre, why = genre_that_fits(
                speech=self.sound.seconds_of(SoundKind.SPEECH) / length,
                music=self.sound.seconds_of(SoundKind.MUSIC) / length,
                action=float(np.median(self.analysis.column("action"))),
            )
        return genre.taught(self.lessons.terms, self.lessons.pace), why

    def brief(self, cut: Cut, *, attempt: int = 0) -> Brief:
        """What is asked of the editor for a cut.

        Args:
            cut: Which.
            attempt: 0 for the first cut; another one is another piece of music and another choice.

        Raises:
            MediaError: The music that the settings name cannot be used.
        """
        from ops.thumbnails.wording import lockup_text
        from ops.trailer.cuts import Destination, picture_size
        from ops.trailer.editing.editor import Brief
        from ops.trailer.editing.structure import structure_of

        genre, why_genre = self.genre
        settings = self.work.studio.settings
        seed = self._seed + attempt
        name = self.desk.cleared(lockup_text(self.film.name), self.work.key)
        return Brief(
            cut=cut,
            film=self.film,
            rate=self.rate,
            size=picture_size(cut, self.size, self.picture),
            genre=genre,
            bed=self._bed(cut, genre, seed),
            name=name,
            tagline=self._tagline(name, genre) if structure_of(cut.structure).tagline else "",
            barred=self.safety.barred,
            spoiler_limit=settings.trailer_spoiler_limit,
            destination=Destination(settings.trailer_destination),
            may_be_said=lambda words: not self.desk.fault(words),
            seed=seed,
            why_genre=why_genre,
        )

    @property
    def supplied(self) -> Path | None:
        """The track that the settings supply."""
        music = self.work.studio.settings.trailer_music
        return None if music in ("auto", "film", "synthesised") else Path(music).expanduser()

    def _bed(self, cut: Cut, genre: Genre, seed: int) -> Bed | None:
        """The title's own music where it has a passage that will do, else one of our making; or what was asked for."""
        from ops.trailer.editing.structure import structure_of
        from ops.trailer.music.bed import synthesised_bed
        from ops.trailer.music.choice import film_bed, supplied_bed

        music = self.work.studio.settings.trailer_music
        seconds = float(round(cut.seconds * self.rate) / self.rate)
        if self.supplied is not None:
            return supplied_bed(self.supplied, seconds)
        own = film_bed(self.sound, seconds) if music in ("auto", "film") else None
        if own is not None or music == "film":
            return own
        shares = {plan.part: plan.share for plan in structure_of(cut.structure).parts}
        return synthesised_bed(seconds, genre.music, seed, shares=shares)

    def _tagline(self, name: str, genre: Genre) -> str:
        from ops.thumbnails.words import brief_of, taglines_for

        lines = taglines_for(
            brief_of(name, genre.name, ()), name, self.work.studio.engines.writer, seed=self._seed
        ).lines
        return next((line for line in lines if not self.desk.fault(line)), "")

    @property
    def _seed(self) -> int:
        """Another title has other music, the same title always the same."""
        return int(hashlib.sha256(self.work.title.encode()).hexdigest()[:6], 16)

    @property
    def _video(self) -> dict[str, object]:
        video = self.facts["video"]
        assert isinstance(video, dict)  # the gate lets no file without pictures pass
        return video
