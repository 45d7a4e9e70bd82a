"""Whisper behind the Protocols of `ops.transcript.recognition`: it recognises, and it aligns.

Windows are sorted by length and heard in batches; of each batch the sound's features are made, encoded once, decoded
and timed before the next begins, so that memory does not grow with the film. Texts are decoded without time tokens:
windows are cut where nobody speaks, times come from the second pass, and a text with time tokens may leave out a last
sentence that the window's end cuts.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from ops.languages.table import by_whisper, language
from ops.progress import Progress, no_progress
from ops.transcript.model import Timing, Word
from ops.transcript.recognition import HeardWindow, Window
from resources.models.choice import EngineChoice
from resources.models.whisper.alignment import Forced, force
from resources.models.whisper.checkpoint import RATE, Checkpoint, open_whisper
from resources.models.whisper.decoding import Thresholds, hear_batch
from resources.models.whisper.words import Piece, TimedPiece, pieces_of_text, pieces_of_words, timed

__all__ = ["Whisper", "load_whisper"]

_TOLD_BY = 16
"""Windows by which the film's language is told: the longest ones."""

_TOKENS_A_SECOND, _TOKENS_AT_LEAST = 40, 48
"""A text may have so many: fast Burmese, three tokens a character, comes near. Only loops go on."""

_HELD = -2.5
"""Mean log-probability of a known text's tokens below which the sound does not hold it: well below the -1 at which a
text of Whisper's own is doubted, as another person's spelling costs some. On a small model texts that were said lie
above -0.8 (two of 190, misheard, down to -2.6) and others below -2.8; it is not tuned on the published weights."""

_HALF = 0.5


class Whisper:
    """See `ops.transcript.recognition.Recogniser` and `Aligner`.

    Args:
        checkpoint: The model.
        name: The engine and its model, for manifests.
        batch: Windows that are heard together.
        thresholds: What a bad text is.
        held: Mean log-probability below which the sound does not hold a known text.
    """

    draft = False

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        name: str,
        batch: int = 16,
        thresholds: Thresholds | None = None,
        held: float = _HELD,
    ) -> None:
        self._checkpoint = checkpoint
        self._batch = batch
        self._thresholds = thresholds or Thresholds()
        self._held = held
        self.name = name

    def language_of(self, windows: Sequence[Window]) -> str | None:
        """See Recogniser: of the longest windows together, each weighing by its length.

        None as well where no language has half of the belief, and for the three that only Whisper knows.
        """
        longest = sorted(windows, key=lambda window: -len(window.sound))[:_TOLD_BY]
        weights = np.array([len(window.sound) for window in longest], float)
        if not weights.sum():
            return None
        return self._named(np.average(self._beliefs(longest), axis=0, weights=weights))

    def languages_of(self, windows: Sequence[Window]) -> list[str | None]:
        """The language of every window by itself, as `language_of`, for a film of several."""
        return [self._named(belief) for belief in self._beliefs(windows)]

    def hear(
        self, windows: Sequence[Window], *, language: str | Sequence[str], progress: Progress = no_progress
    ) -> list[HeardWindow]:
        """See Recogniser.

        Args:
            windows: In any order.
            language: One for all, or one for each.
            progress: Told after every batch.
        """
        codes = [language] * len(windows) if isinstance(language, str) else list(language)
        prompts = [self._checkpoint.prompt(code) for code in codes]
        found: list[HeardWindow | None] = [None] * len(windows)
        done = 0
        for places in self._batches(windows):
            some = [windows[place] for place in places]
            asked = [prompts[place] for place in places]
            states = self._checkpoint.encoded([window.sound for window in some])
            heard = hear_batch(
                self._checkpoint,
                states,
                asked,
                limits=[self._limit(window, len(asked[0])) for window in some],
                seeds=[zlib.crc32(window.sound.tobytes()) for window in some],
                thresholds=self._thresholds,
            )
            spoken = [not each.silent and len(window.sound) > 0 for each, window in zip(heard, some, strict=True)]
            texts = [each.tokens if says else () for each, says in zip(heard, spoken, strict=True)]
            forced = force(self._checkpoint.model, states, asked, texts, heads=self._checkpoint.heads)
            for place, each, text, way in zip(places, heard, texts, forced, strict=True):
                found[place] = HeardWindow(
                    language=codes[place],
                    words=tuple(self._heard_words(windows[place], codes[place], text, each.log_probs, way)),
                    log_prob=each.log_prob,
                    no_speech=each.no_speech,
                    repetition=each.repetition,
                    tries=each.tries,
                )
            done += len(places)
            progress(done / len(windows))
        return [each for each in found if each is not None]

    def align(self, window: Window, words: Sequence[str], *, language: str) -> list[Word] | None:
        """See Aligner: one teacher-forced pass over the text.

        A word's confidence is what the model thinks of it, though a person may have written it.
        """
        checkpoint = self._checkpoint
        prompt = checkpoint.prompt(language)
        text, pieces = pieces_of_words([_plain(word) for word in words], script=_script(language))
        if not text.strip():
            return None if words else []
        tokens = checkpoint.tokens(text)
        if len(prompt) + len(tokens) > checkpoint.room or not len(window.sound):
            return None
        [way] = force(checkpoint.model, checkpoint.encoded([window.sound]), [prompt], [tokens], heads=checkpoint.heads)
        log_probs = way.log_probs(checkpoint.model, tokens)
        if float(log_probs.mean()) < self._held:
            return None
        found = self._timed(window, pieces, tokens, log_probs.tolist(), way)
        return [_word(piece, window, Timing.ALIGNED) for piece in found]

    def _heard_words(
        self, window: Window, code: str, tokens: Sequence[int], log_probs: Sequence[float], way: Forced
    ) -> list[Word]:
        if not tokens:
            return []
        pieces = pieces_of_text(self._checkpoint.written(tokens), script=_script(code))
        return [_word(piece, window, Timing.HEARD) for piece in self._timed(window, pieces, tokens, log_probs, way)]

    def _timed(
        self, window: Window, pieces: Sequence[Piece], tokens: Sequence[int], log_probs: Sequence[float], way: Forced
    ) -> list[TimedPiece]:
        """Words with times from the window's start, none beyond its end though the model hears 30 s."""
        frame = self._checkpoint.frame
        length_s = len(window.sound) / RATE
        bounds = way.bounds(math.ceil(len(window.sound) / frame)) * frame / RATE
        return timed(
            pieces,
            self._checkpoint.written(tokens),
            bounds_s=bounds,
            log_probs=log_probs,
            length_s=length_s,
            frame_s=frame / RATE,
        )

    def _beliefs(self, windows: Sequence[Window]) -> np.ndarray:
        """(windows, languages) float64: how likely each language is, by the token that follows the start."""
        import torch

        checkpoint = self._checkpoint
        found = np.zeros((len(windows), len(checkpoint.languages)))
        for places in self._batches(windows):
            states = checkpoint.encoded([windows[place].sound for place in places])
            ids = torch.full((len(places), 1), checkpoint.start, device=states.device)
            with torch.inference_mode():
                told = checkpoint.model.model.decoder(input_ids=ids, encoder_hidden_states=states, use_cache=False)
                logits = checkpoint.model.proj_out(told.last_hidden_state[:, 0]).float()
            found[places] = logits[:, list(checkpoint.languages.values())].softmax(-1).cpu().numpy()
        return found

    def _named(self, belief: np.ndarray) -> str | None:
        best = int(belief.argmax())
        found = by_whisper(list(self._checkpoint.languages)[best])
        return found.code if found and belief[best] >= _HALF else None

    def _batches(self, windows: Sequence[Window]) -> Iterator[list[int]]:
        """Places of windows that are heard together: of like length, so that they end together."""
        order = sorted(range(len(windows)), key=lambda place: len(windows[place].sound))
        for start in range(0, len(order), self._batch):
            yield order[start : start + self._batch]

    def _limit(self, window: Window, prompt: int) -> int:
        """Tokens that a window's text may have, its end included."""
        fitting = self._checkpoint.room - prompt
        return min(fitting, _TOKENS_AT_LEAST + math.ceil(_TOKENS_A_SECOND * len(window.sound) / RATE))


def load_whisper(choice: EngineChoice, *, device: str, batch: int = 16) -> Whisper:
    """The model that a choice names, downloaded first where it is not here.

    Args:
        choice: Of `recogniser_engine`.
        device: The `device` setting.
        batch: Windows that are heard together; 16 of large-v3 keep some 4 GB of keys and values in float16.

    Raises:
        ModelUnavailable: As `open_whisper`.
    """
    return Whisper(open_whisper(choice, device=device), name=str(choice), batch=batch)


def _word(piece: TimedPiece, window: Window, timing: Timing) -> Word:
    return Word(
        piece.text,
        window.start_s + piece.start_s,
        window.start_s + piece.end_s,
        confidence=min(piece.confidence, 1.0),
        spaced=piece.spaced,
        timing=timing,
    )


def _script(code: str) -> str:
    return language(code).script


def _plain(word: str) -> str:
    """A word without what no text holds: half of a surrogate pair."""
    return word.encode("utf-8", "replace").decode()
