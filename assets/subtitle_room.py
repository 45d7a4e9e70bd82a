"""What the subtitles of all of a title's languages share: its sentences, its cues as they are spoken, its rules.

Read once for all the languages that a run makes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assets.artifact import Artifact
from assets.making import Inputs, Work, published_inputs
from assets.shots import SHOTS_FILE
from assets.source_video import SOURCE_FILE
from assets.speech import SPEECH_FILE
from assets.transcript import CORRECTIONS_FILE, TRANSCRIPT_FILE, WRITTEN_FILE
from assets.written_texts import WrittenText, cues_from_json, written_texts
from resources.studio import Studio
from resources.work_folder import work_folder

if TYPE_CHECKING:
    from ops.speech.model import Speech
    from ops.subtitles.cue import CueTrack
    from ops.subtitles.files.subtitle_file import SubtitleFile
    from ops.subtitles.grid import FilmGrid
    from ops.subtitles.profile import Limits
    from ops.transcript.model import Transcript
    from ops.translation.cueing import SpokenTitle
    from ops.translation.sentence import Sentence
    from ops.translation.terms import Terms

__all__ = ["SubtitleRoom", "open_room"]


@contextmanager
def open_room(title: str, studio: Studio, artifact: Artifact) -> Iterator[SubtitleRoom]:
    """The room of a title, while its languages are made.

    Args:
        title: The title's id.
        studio: The house's.
        artifact: Any of the languages: all are made from the same.

    Raises:
        UpstreamMissing: The transcript was never published.
    """
    with work_folder(studio.settings) as folder:
        yield SubtitleRoom(Inputs(title, studio, folder, published_inputs(title, artifact, studio)))


@dataclass(frozen=True)
class SubtitleRoom:
    """One title's.

    Attributes:
        work: What it reads.
    """

    work: Inputs

    def agrees_with(self, work: Work) -> bool:
        """Whether a making that began since is of what the room read."""
        return {name: each.data_version for name, each in self.work.inputs.items()} == dict(work.input_versions)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What is known of the film."""
        return json.loads(self.work.input_file("source_video", SOURCE_FILE).read_text())

    @cached_property
    def size(self) -> tuple[int, int]:
        """Of its picture as it is shown, pixels."""
        video = self.facts["video"]
        return int(video["width"]), int(video["height"])

    @cached_property
    def transcript(self) -> Transcript:
        """What is said."""
        from ops.transcript.model import Transcript

        return Transcript.from_json(json.loads(self.work.input_file("transcript", TRANSCRIPT_FILE).read_text()))

    @cached_property
    def word_corrections(self) -> dict[str, list[dict[str, Any]]]:
        """Corrections of what is spoken: those that are in its words, and those whose words are not there any more."""
        return json.loads(self.work.input_file("transcript", CORRECTIONS_FILE).read_text())

    @property
    def spoken(self) -> str:
        """The language that is spoken."""
        return self.transcript.language

    @cached_property
    def speech(self) -> Speech:
        """Who speaks when."""
        from ops.speech.model import Speech

        return Speech.from_json(json.loads(self.work.input_file("speech", SPEECH_FILE).read_text()))

    @cached_property
    def speaker_names(self) -> dict[str, str]:
        """What the voices are called: by people, else by number."""
        names = self.speech.names
        return {each: names.get(each, f"Speaker {nth}") for nth, each in enumerate(self.speech.speakers, start=1)}

    @cached_property
    def grid(self) -> FilmGrid:
        """The film's frames and cuts, as cues count them; its sound may go on after its last picture."""
        from ops.shots.model import ShotList
        from ops.subtitles.grid import FilmGrid

        grid = FilmGrid.of(ShotList.from_json(json.loads(self.work.input_file("shots", SHOTS_FILE).read_text())))
        return replace(grid, frames=max(grid.frames, math.ceil(self.speech.duration_s * grid.rate)))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """What is said, sentence by sentence."""
        from ops.translation.sentences import sentences_of

        return sentences_of(self.transcript.words, self.spoken)

    @cached_property
    def spoken_title(self) -> SpokenTitle:
        """What is spoken, and when, as translations are put back into cues."""
        from ops.translation.cueing import SpokenTitle

        return SpokenTitle(self.track, self.transcript.words, self.sentences, self.grid)

    @cached_property
    def texts(self) -> dict[str, WrittenText]:
        """Subtitles that came with the film in other languages than what is spoken; of several in one the first."""
        found: dict[str, WrittenText] = {}
        for text in written_texts(self.work)[0]:
            if text.language and text.language != self.spoken:
                found.setdefault(text.language, text)
        return found

    @cached_property
    def terms(self) -> Terms:
        """How terms are translated, and what is not."""
        from ops.translation.terms import NO_TERMS, read_terms

        path = self.work.studio.settings.subtitle_terms
        return NO_TERMS if path is None else read_terms(path.expanduser())

    def limits(self, language: str, profile: str | None = None) -> Limits:
        """What the profile asks of a language; the house's where none is named."""
        from ops.subtitles.profile import profile_named

        settings = self.work.studio.settings
        chosen = profile_named(profile or settings.subtitle_profile)
        return chosen.limits(language, child=settings.subtitle_audience == "child")

    @cached_property
    def track(self) -> CueTrack:
        """The cues of what is spoken: those of its own subtitles, or made of its words."""
        from ops.subtitles.annotating import annotated
        from ops.subtitles.build import cues_from_words

        written = json.loads(self.work.input_file("transcript", WRITTEN_FILE).read_text())
        if written is not None:
            return annotated(self.of_cues(cues_from_json(written), self.spoken), self.transcript.words, self.sentences)
        return cues_from_words(
            self.transcript.words,
            language=self.spoken,
            rate=self.grid.rate,
            cuts=self.grid.cuts,
            frames=self.grid.frames,
            limits=self.limits(self.spoken),
            sentences=self.sentences,
        )

    def of_cues(self, file: SubtitleFile, language: str) -> CueTrack:
        """The cues of a text that a person wrote, kept as they are and re-timed by rule."""
        from ops.subtitles.build import retimed
        from ops.subtitles.files.frames_of_cues import cues_of, late_cues

        track = retimed(
            cues_of(file, rate=self.grid.rate, frames=self.grid.frames),
            language=language,
            rate=self.grid.rate,
            cuts=self.grid.cuts,
            frames=self.grid.frames,
            limits=self.limits(language),
        )
        late = late_cues(file, rate=self.grid.rate, frames=self.grid.frames)
        told = [f"{len(late)} cues begin after the film's last frame and are left out."] if late else []
        return replace(track, notes=(*track.notes, *file.notes, *told))
