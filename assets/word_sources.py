"""Where a film's words come from: the best of what is at hand.

A text that a person wrote is better than any that is heard: subtitles in the language that is spoken, beside the
film or within it; then a script, forced onto the sound; then a recogniser. People's corrections are applied
to all of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from assets.audio import TRACK_FILE
from assets.making import Inputs, Work
from assets.shots import SHOTS_FILE
from assets.speech import SPEECH_FILE
from ops.errors import ShowrunnerError
from ops.languages.table import by_tag, language
from resources.settings import variable_of
from resources.subtitles.corrections import Corrections
from resources.subtitles.texts import HandedText, HandedTexts, TextKind

if TYPE_CHECKING:
    from ops.speech.model import Speech
    from ops.speech.sound import SpeechSound
    from ops.subtitles.corrections import Conflict
    from ops.subtitles.files.subtitle_file import SubtitleFile
    from ops.transcript.model import Transcript

__all__ = ["HeardFilm", "Unheard", "WrittenText", "conflict_json", "tagged_language", "words_of", "written_texts"]


class Unheard(ShowrunnerError):
    """A film whose words cannot be had here, which is no failure: nobody speaks, or no ear hears its language."""


@dataclass(frozen=True)
class WrittenText:
    """Subtitles that came with the film.

    Attributes:
        language: A code of `ops.languages`; empty where nothing tells it.
        source: Where they lie, in words: "film.en.srt", "subtitle stream 2 (eng)".
        file: Their cues, in the film's seconds.
    """

    language: str
    source: str
    file: SubtitleFile


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
        from ops.speech.centre import centre_sound
        from ops.speech.denoise import denoised

        middle = centre_sound(self._work.input_file("audio_track", TRACK_FILE), self._work.folder)
        return middle or denoised(self.sound, self._work.folder)


def words_of(work: Work) -> tuple[Transcript, HeardFilm, list[dict[str, str]]]:
    """The film's words, corrected; the sound that they were looked for in; the corrections that found no words.

    Raises:
        Unheard: There are none, or they cannot be had by what is set up here.
        ModelUnavailable: The recogniser that the settings choose cannot be loaded.
    """
    film = HeardFilm(work)
    if not film.speech.spans:
        raise Unheard("nobody speaks in it")
    texts = written_texts(work)
    spoken = _declared(work) or _of_texts(texts)
    told = _written(work, film, texts, spoken) or _scripted(work, film, spoken) or _heard(work, film, spoken)
    if not told.words:
        raise Unheard("no word of it was understood")
    corrected, conflicts = _corrected(told, work)
    return corrected, film, conflicts


def written_texts(work: Inputs) -> list[WrittenText]:
    """The subtitles that came with a film, those that people handed in first."""
    from ops.subtitles.files.reading import read_subtitles
    from ops.subtitles.files.streams import best_stream, read_stream, text_streams

    handed = [
        WrittenText(text.language, text.name, read_subtitles(text.content, language=text.language or None))
        for text in _handed(work, TextKind.SUBTITLES)
    ]
    film = work.film()
    carried = text_streams(film)
    languages = dict.fromkeys(stream.language for stream in carried.streams)
    for tag in sorted(languages, key=lambda tag: tag != carried.spoken):
        stream = best_stream((one for one in carried.streams if one.language == tag), spoken=carried.spoken)
        if stream is not None and not stream.aside:
            file = read_stream(film, stream, origin_s=_origin_s(work), folder=work.folder)
            code = found.code if (found := by_tag(tag)) else ""
            handed.append(WrittenText(code, f"subtitle stream {stream.index} ({tag or 'und'})", file))
    return handed


def _handed(work: Inputs, kind: TextKind) -> list[HandedText]:
    return [text for text in HandedTexts(work.studio.database).of(work.title) if text.kind is kind]


def tagged_language(film: Path) -> str | None:
    """The language that the tag of a film's sound tells; None where there is none, or it is no language of the house.

    Raises:
        MediaError: The film cannot be read.
    """
    from ops.audio.samples import main_sound
    from ops.media.container import open_media

    with open_media(film) as container:
        sound = main_sound(container)
        tagged = by_tag(sound.language) if sound is not None and sound.language else None
    return tagged.code if tagged else None


def _declared(work: Work) -> str | None:
    """The language that a person named, else the film's sound, else the settings."""
    declared = work.studio.catalogue.title(work.title).language
    return declared or tagged_language(work.film()) or work.studio.settings.language


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
            return _timed(told, work, film)
    return None


def _timed(told: Transcript, work: Work, film: HeardFilm) -> Transcript:
    """With its words' times found in the sound where a model is set that hears its language; else shared by letters.

    The embedded recogniser is about as slow as the film, which is much for times that cues do not need.
    """
    from ops.transcript.from_cues import aligned

    if work.studio.engines.choice("recogniser_engine").embedded or not language(told.language).whisper:
        return told
    return aligned(told, film.sound.samples, work.studio.engines.aligner)


def _scripted(work: Work, film: HeardFilm, spoken: str | None) -> Transcript | None:
    from ops.transcript.script import transcript_of_script

    for text in _handed(work, TextKind.SCRIPT):
        tongue = text.language or spoken
        if tongue is not None:
            _require_ear(work, tongue, f"{text.name} is to be laid over the sound")
            return transcript_of_script(
                text.content.decode("utf-8-sig", "replace"),
                film.sound.samples,
                film.speech.spans,
                work.studio.engines.aligner,
                language=tongue,
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


def _corrected(told: Transcript, work: Work) -> tuple[Transcript, list[dict[str, str]]]:
    """With people's corrections; of the source's own cues, the words that each holds move with them."""
    from ops.subtitles.corrections import corrected_words

    corrections = Corrections(work.studio.database).of(work.title, told.language)
    if not corrections:
        return told, []
    done = corrected_words(told.words, corrections)
    cues = tuple(
        replace(cue, first_word=done.places[cue.first_word], end_word=done.places[cue.end_word]) for cue in told.cues
    )
    corrected = replace(told, words=done.words, cues=cues, notes=(*told.notes, *done.notes))
    return corrected, [conflict_json(each) for each in done.conflicts]


def conflict_json(conflict: Conflict) -> dict[str, str]:
    """A correction that waits for a person, as artifacts and answers carry it."""
    one = conflict.correction
    return {"cue": one.cue, "base": one.base_text, "wanted": one.text, "now": conflict.now, "why": conflict.why}


def _origin_s(work: Inputs) -> float:
    from ops.shots.model import ShotList

    shots = ShotList.from_json(json.loads(work.input_file("shots", SHOTS_FILE).read_text()))
    return shots.start_s(shots.shots[0])
