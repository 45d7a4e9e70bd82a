"""The embedded recogniser: PocketSphinx with the English model that its wheel carries. It also aligns known texts."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ops.errors import UsageError
from ops.languages.table import language as language_of_code
from ops.progress import Progress, no_progress
from ops.transcript.letter_sounds import number_words, sounds_of
from ops.transcript.model import Word
from ops.transcript.recognition import HeardWindow, Window
from resources.models.sphinx_alignment import FRAME_S, LEAST_FIT, Side, alignment, bare, decoded, fit_of, forced, placed

if TYPE_CHECKING:
    from pocketsphinx import Decoder

__all__ = ["Sphinx"]

_ENGLISH = "eng_Latn"
_STOPS = re.compile(r"\.(?!\w)")

_SURE_AT_EVEN, _SURE_BY_WORD, _SURE_BY_WINDOW = 0.16, 0.24, 0.37
"""Log-odds that a word is right: at even odds, by the word's own posterior, by the mean of its window's.

The posteriors of the library say too much. Fitted by logistic regression on 214 words of thirteen recordings, clean,
by telephone, clipped and in rain; with each recording left out of the fit, of words of 0.85 and more 84 % were right
(the mean said 92 %), of 0.5 to 0.7 65 %, of 0.3 to 0.5 38 %, below that 31 %.
"""

_SPEECH, _SPEECH_SLOPE = -2.0, 0.1
"""The fit of a window's own words at which speech and none are as likely, and how soon that changes.

Measured: speech -0.7 to -1.9, by telephone and in rain at 10 dB too; what a detector takes for speech in a piece of
music -2.1 to -2.9; speech of which nothing is understood, in rain as loud as it -2.2, hard-clipped -3.2.
"""


@dataclass
class Sphinx:
    """See `ops.transcript.recognition.Recogniser` and `Aligner`.

    Words come in small letters and without punctuation, as the model knows none. It was trained on read and broadcast
    English at a distance of an arm; it is wrong in a quarter of the words of such speech and in more of any other,
    which `confidence` tells.
    """

    name: str = "embedded/pocketsphinx"
    draft: bool = True
    _decoder: Any = field(default=None, repr=False)
    _added: set[str] = field(default_factory=set, repr=False)

    def language_of(self, windows: Sequence[Window]) -> str | None:
        """None: the model knows English alone and cannot tell it from another language."""
        return None

    def hear(self, windows: Sequence[Window], *, language: str, progress: Progress = no_progress) -> list[HeardWindow]:
        """See Recogniser; windows are heard one by one, each as though it were the first."""
        self._english(language)
        decoder = self._ready()
        heard: list[HeardWindow] = []
        for window in windows:
            heard.append(_heard(decoder, window))
            progress(len(heard) / len(windows))
        return heard

    def align(self, window: Window, words: Sequence[str], *, language: str) -> list[Word] | None:
        """See Aligner.

        A word that the dictionary lacks is sought by its letters' usual sounds, a number by its name; one that has
        neither shares the time between its neighbours, which its timing tells.
        """
        self._english(language)
        decoder = self._ready()
        spelled = [self._spelled(decoder, word) for word in words]
        known = [place for place, said in enumerate(spelled) if said]
        if not known:
            return None
        found = forced(decoder, window, [said for place in known for said in spelled[place]])
        if found is None:
            return None
        sides: list[Side | None] = [None] * len(words)
        at = 0
        for place in known:
            parts = found[at : at + len(spelled[place])]
            sides[place] = (parts[0][0], parts[-1][1], sum(part[2] for part in parts) / len(parts))
            at += len(spelled[place])
        return placed(words, sides, window)

    def _english(self, language: str) -> None:
        if language != _ENGLISH:
            raise UsageError(
                f"the embedded recogniser hears English only, not {language_of_code(language).name}",
                where=language,
                fix="Set SHOWRUNNER_RECOGNISER_ENGINE to a Whisper model, or give the title subtitles or a script.",
            )

    def _ready(self) -> Decoder:
        """The decoder, opened once: a quarter of a second and 120 MB."""
        if self._decoder is None:
            from pocketsphinx import Decoder, get_model_path

            self._decoder = Decoder(
                hmm=get_model_path("en-us/en-us"),
                lm=get_model_path("en-us/en-us.lm.bin"),
                dict=get_model_path("en-us/cmudict-en-us.dict"),
                loglevel="FATAL",
            )
        return self._decoder

    def _spelled(self, decoder: Decoder, word: str) -> list[str]:
        """A written word as entries of the dictionary; empty where it has no sound (a dash)."""
        said: list[str] = []
        for part in re.findall(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*['’]?\.?", word.casefold().replace("’", "'")):
            if part.isdigit():
                said += number_words(part) if part.isascii() else []
                continue
            for entry in (part, part.rstrip("."), part.rstrip(".'")):
                if decoder.lookup_word(entry) is not None:
                    said.append(entry)
                    break
            else:
                said += self._taught(decoder, part.rstrip(".'"))
        return said

    def _taught(self, decoder: Decoder, word: str) -> list[str]:
        """A word that the dictionary lacks, entered for alignment under a name that no language model knows."""
        sounds = sounds_of(word)
        if sounds is None:
            return []
        entry = f"~{word}"
        if entry not in self._added:
            decoder.add_word(entry, sounds, False)
            self._added.add(entry)
        return [entry]


def _heard(decoder: Decoder, window: Window) -> HeardWindow:
    found = [segment for segment in decoded(decoder, window) if segment.word[0] not in "<[+"]
    odds = [_odds(segment.prob) for segment in found]
    mean = sum(odds) / len(odds) if odds else 0.0
    sure = [1 / (1 + math.exp(-(_SURE_AT_EVEN + _SURE_BY_WORD * each + _SURE_BY_WINDOW * mean))) for each in odds]
    speech = _speech(decoder, window, [bare(segment.word) for segment in found])
    sure = [chance * speech for chance in sure]
    words = tuple(
        Word(
            text=bare(segment.word),
            start_s=window.start_s + segment.start_frame * FRAME_S,
            end_s=min(window.end_s, window.start_s + (segment.end_frame + 1) * FRAME_S),
            confidence=chance,
        )
        for segment, chance in zip(found, sure, strict=True)
    )
    log_prob = sum(math.log(chance) for chance in sure) / len(sure) if sure else None
    return HeardWindow(language=_ENGLISH, words=words, log_prob=log_prob, no_speech=1 - speech if sure else None)


def _speech(decoder: Decoder, window: Window, entries: Sequence[str]) -> float:
    """How likely it is speech that the words were made of, by how well they fit when they are forced onto it."""
    said = alignment(decoder, window, entries) if entries else None
    return 1 / (1 + math.exp(-(max(fit_of(said), LEAST_FIT) - _SPEECH) / _SPEECH_SLOPE)) if said else 0.01


def _odds(posterior: float) -> float:
    """The logarithm of the odds of a posterior, within what the library's logarithms resolve (1e-4)."""
    chance = min(max(posterior, 1e-4), 1 - 1e-4)
    return math.log(chance / (1 - chance))
