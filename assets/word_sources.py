"""Where a film's words come from: the best of what is at hand.

A text that a person wrote is better than any that is heard: subtitles in the language that is spoken, beside the
film or within it; then a script, forced onto the sound; then a recogniser. People's corrections are applied to all of
them. What was heard is kept with the transcript: a correction or a name does not have the film heard again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assets.audio import TRACK_FILE
from assets.making import Work
from assets.speech import SPEECH_FILE
from assets.written_texts import WrittenText, cues_to_json, handed_texts, tagged_language, written_texts
from ops.errors import ShowrunnerError
from ops.languages.table import language
from resources.settings import variable_of
from resources.subtitles.corrections import Corrections
from resources.subtitles.texts import TextKind

if TYPE_CHECKING:
    from ops.speech.model import Speech
    from ops.speech.sound import SpeechSound
    from ops.subtitles.corrections import Conflict, Correction
    from ops.transcript.model import Transcript

__all__ = ["HEARD_FILE", "HeardFilm", "ToldFilm", "Unheard", "conflict_json", "words_of"]

HEARD_FILE = "heard.json"


class Unheard(ShowrunnerError):
    """A film whose words cannot be had here, which is no failure: nobody speaks, or no ear hears its language."""


@dataclass(frozen=True)
class ToldFilm:
    """A film's words.

    Attributes:
        transcript: The words, corrected.
        written: The cues that they come from, as plain values; None where they were heard.
        languages: Those of the texts that came with the film.
        duration_s: Length of its sound.
        applied: The corrections that are in the words.
        conflicts: Those that found none, as plain values.
        heard: What came before the corrections, and all that decided it: `HEARD_FILE`.
    """

    transcript: Transcript
    written: list[dict[str, Any]] | None
    languages: tuple[str, ...]
    duration_s: float
    applied: tuple[Correction, ...]
    conflicts: list[dict[str, str]]
    heard: dict[str, Any]


class HeardFilm:
    """A film's sound and speech, read when they are needed."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @cached_property
    def speech(self) -> Speech:
        """Who speaks when."""
        from ops.speech.model import Speech

        return Speech.from_json(json.loads(self._work.input_file("speech", SPEECH_FILE).read_text()))

    @cached_property
    def sound(self) -> SpeechSound:
        """Its sound as recognisers hear it."""
        from ops.speech.sound import speech_sound

        return speech_sound(self._work.input_file("audio_track", TRACK_FILE), self._work.folder)

    @cached_property
    def dialogue(self) -> SpeechSound:
        """The same with the dialogue in front: the middle of a mix, else without its noise."""
        from ops.speech.centre import dialogue_sound

        track = self._work.input_file("audio_track", TRACK_FILE)
        return dialogue_sound(track, self.sound, self._work.folder)


def words_of(work: Work) -> ToldFilm:
    """The film's words, with people's corrections.

    Raises:
        Unheard: There are none, or they cannot be had by what is set up here.
        ModelUnavailable: The recogniser that the settings choose cannot be loaded.
    """
    film = HeardFilm(work)
    texts, notes = written_texts(work)
    decided_by = _decided_by(work, film, texts)
    before = _heard_before(work, decided_by)
    told = before if before is not None else _told(work, film, texts, notes)
    if not told.words:
        raise Unheard("no word of it was understood")
    corrected, applied, conflicts = _corrected(told, work)
    source = next((text for text in texts if told.cues and text.source == told.source), None)
    return ToldFilm(
        transcript=corrected,
        written=None if source is None else cues_to_json(source.file),
        languages=tuple(dict.fromkeys(text.language for text in texts if text.language)),
        duration_s=film.speech.duration_s,
        applied=applied,
        conflicts=conflicts,
        heard={"decided_by": decided_by, "transcript": told.to_json()},
    )


def _told(work: Work, film: HeardFilm, texts: Sequence[WrittenText], notes: Sequence[str]) -> Transcript:
    spoken = _declared(work) or _sounding(work, film) or _of_texts(texts)
    told = _written(work, film, texts, spoken)
    if told is None and not film.speech.spans:
        raise Unheard("nobody speaks in it")
    told = told or _scripted(work, film, spoken) or _heard(work, film, spoken)
    return replace(told, notes=(*told.notes, *notes))


def _decided_by(work: Work, film: HeardFilm, texts: Sequence[WrittenText]) -> str:
    """Everything that decides what is heard, as one hash; people's corrections and names are no part of it."""
    speech = film.speech
    told = [
        work.artifact.code_version,
        work.artifact.engine,
        work.input_versions["audio_track"],
        [list(span) for span in speech.spans],
        [[turn.start_s, turn.end_s, turn.speaker] for turn in speech.turns],
        [[text.source, text.hash] for text in texts],
        [text.sha256 for text in handed_texts(work, TextKind.SCRIPT)],
        _declared(work),
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _heard_before(work: Work, decided_by: str) -> Transcript | None:
    """What was heard when the transcript was last made, where nothing that decides it has changed."""
    from ops.transcript.model import Transcript

    last = work.studio.store.manifest(work.key)
    if last is None or all(file.name != HEARD_FILE for file in last.files):
        return None
    told = json.loads(work.studio.store.fetch(last, HEARD_FILE).read_text(encoding="utf-8"))
    return Transcript.from_json(told["transcript"]) if told["decided_by"] == decided_by else None


def _declared(work: Work) -> str | None:
    """The language that a person named, else the film's sound, else the settings."""
    declared = work.studio.catalogue.title(work.title).language
    return declared or tagged_language(work.film()) or work.studio.settings.language


def _sounding(work: Work, film: HeardFilm) -> str | None:
    """The language by ear, where a model is set that can tell."""
    from ops.transcript.listen import spoken_language
    from ops.transcript.windows import windows_of

    if work.studio.engines.choice("recogniser_engine").embedded or not film.speech.spans:
        return None
    return spoken_language(windows_of(film.sound.samples, film.speech.spans), work.studio.engines.recogniser)


def _of_texts(texts: Sequence[WrittenText]) -> str | None:
    """Where nobody says what is spoken, the one language that all of its subtitles are in."""
    told = {text.language for text in texts if text.language}
    return told.pop() if len(told) == 1 else None


def _written(work: Work, film: HeardFilm, texts: Sequence[WrittenText], spoken: str | None) -> Transcript | None:
    """The words of subtitles in the language that is spoken; the first of several where nobody says which that is."""
    from ops.transcript.from_cues import transcript_of_cues

    fitting = [text for text in texts if text.language and (spoken is None or text.language == spoken)]
    fitting += [replace(text, language=spoken) for text in texts if spoken and not text.language]
    for text in fitting:
        cues = [(float(cue.start_s), float(cue.end_s), cue.text) for cue in text.file.cues]
        told = transcript_of_cues(cues, language=text.language, source=text.source, turns=film.speech.turns)
        if told.words:
            told = _timed(told, work, film)
            first = () if spoken else ("Nothing tells what is spoken: its first subtitles are taken for that.",)
            return replace(told, notes=(*told.notes, *first))
    return None


def _timed(told: Transcript, work: Work, film: HeardFilm) -> Transcript:
    """With its words' times found in the sound where a model is set that hears its language; else shared by letters.

    The embedded recogniser is about as slow as the film, which is much for times that cues do not need.
    """
    from ops.transcript.from_cues import aligned

    if work.studio.engines.choice("recogniser_engine").embedded or not language(told.language).whisper:
        return told
    return aligned(told, film.sound.samples, work.studio.engines.aligner, dialogue=film.dialogue.samples)


def _scripted(work: Work, film: HeardFilm, spoken: str | None) -> Transcript | None:
    from ops.subtitles.files.decoding import decoded
    from ops.transcript.script import transcript_of_script

    for text in handed_texts(work, TextKind.SCRIPT):
        tongue = text.language or spoken
        if tongue is not None:
            _require_ear(work, tongue, f"{text.name} is to be laid over the sound")
            return transcript_of_script(
                decoded(text.content, language=tongue)[0],
                film.sound.samples,
                film.speech.spans,
                work.studio.engines.aligner,
                language=tongue,
                dialogue=film.dialogue.samples,
            )
    return None


def _heard(work: Work, film: HeardFilm, spoken: str | None) -> Transcript:
    from ops.transcript.listen import transcribe

    told = f"{language(spoken).name} is spoken" if spoken else "nothing tells which language is spoken"
    _require_ear(work, spoken, told)
    return transcribe(
        film.sound.samples,
        film.speech.spans,
        work.studio.engines.recogniser,
        language=spoken,
        denoised=film.dialogue.samples,
        turns=film.speech.turns,
        progress=work.progress,
    )


def _require_ear(work: Work, spoken: str | None, why: str) -> None:
    """Refuse what the embedded recogniser does not hear.

    Raises:
        Unheard: No other engine is set, and English is not declared.
    """
    if work.studio.engines.choice("recogniser_engine").embedded and spoken != "eng_Latn":
        raise Unheard(
            f"{why}, and the embedded recogniser hears English alone, where it is declared",
            fix=f"Declare it (--language, a tag of the sound, or {variable_of('language')}), put subtitles beside the"
            f" film, or set {variable_of('recogniser_engine')}=whisper.",
        )


def _corrected(told: Transcript, work: Work) -> tuple[Transcript, tuple[Correction, ...], list[dict[str, str]]]:
    """With people's corrections, those that are in it and those that are not; its own cues' words move with them."""
    from ops.subtitles.corrections import corrected_words

    corrections = Corrections(work.studio.database).of(work.title, told.language)
    if not corrections:
        return told, (), []
    done = corrected_words(told.words, corrections)
    cues = tuple(
        replace(cue, first_word=done.places[cue.first_word], end_word=done.places[cue.end_word]) for cue in told.cues
    )
    corrected = replace(told, words=done.words, cues=cues, notes=(*told.notes, *done.notes))
    return corrected, done.applied, [conflict_json(each) for each in done.conflicts]


def conflict_json(conflict: Conflict) -> dict[str, str]:
    """A correction that waits for a person, as artifacts and answers carry it."""
    one = conflict.correction
    return {"cue": one.cue, "base": one.base_text, "wanted": one.text, "now": conflict.now, "why": conflict.why}
