"""Apertium: rule-based translation between related languages by programs that are installed, without weights.

It knows no probabilities and takes no orders about its search: it gives one translation, always the same.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence

import numpy as np

from ops.errors import ModelUnavailable, UsageError
from ops.languages.table import by_tag, language
from ops.media.process_group import process_group
from ops.progress import Progress, no_progress
from ops.translation.translator import Candidate, Decoding, Pair, Translator, TranslatorRow
from resources.models.choice import EngineChoice
from resources.models.translation.licences import licence_of
from resources.settings import variable_of

__all__ = ["load_apertium"]

_PROGRAM = "apertium"
_STARTS_S, _SENTENCE_S = 30.0, 0.5
"""Time limit of a call, and for each sentence besides: English to Spanish takes 0.3 s and a few milliseconds each."""
_LISTS_S = 20.0
_SENTENCES_A_CALL = 500
_PARTED = "\n\n"
"""Between sentences: a blank line ends a paragraph, over which no rule reaches, and comes out as it went in."""


def load_apertium(choice: EngineChoice) -> Translator:
    """The translator of the language pairs that are installed here.

    Args:
        choice: Field `translation_engine`, engine `apertium`.

    Raises:
        ModelUnavailable: The program is not installed, or no pair of the house's languages.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise _unavailable(choice, "the program apertium is not installed")
    modes = _modes(program, choice)
    if not modes:
        raise _unavailable(choice, "apertium has no language pair of the house installed")
    return _Apertium(choice, program, modes)


class _Apertium:
    """See `ops.translation.translator.Translator`."""

    def __init__(self, choice: EngineChoice, program: str, modes: dict[tuple[str, str], str]) -> None:
        self._choice, self._program, self._modes = choice, program, modes

    @property
    def name(self) -> str:
        """See Translator."""
        return str(self._choice)

    @property
    def licence(self) -> str:
        """See Translator."""
        return licence_of(self._choice)

    def speaks(self, source: str, target: str) -> bool:
        """See Translator."""
        return (source, target) in self._modes

    def translate(
        self,
        rows: Sequence[TranslatorRow],
        source: str,
        targets: Sequence[str],
        *,
        decoding: Decoding,
        progress: Progress = no_progress,
    ) -> Iterator[tuple[str, list[list[Candidate]]]]:
        """See Translator."""
        for target in targets:
            self._check(source, target)
        texts = [" ".join(row.text.replace("\x00", " ").split()) for row in rows]
        return self._translated(texts, source, list(dict.fromkeys(targets)), progress)

    def score(self, pairs: Sequence[Pair], source: str, target: str) -> None:
        """See Translator: it cannot tell."""
        self._check(source, target)

    def attention(self, pairs: Sequence[Pair], source: str, target: str) -> list[np.ndarray] | None:
        """See Translator: it cannot tell."""
        self._check(source, target)

    def _translated(
        self, texts: list[str], source: str, targets: list[str], progress: Progress
    ) -> Iterator[tuple[str, list[list[Candidate]]]]:
        for place, target in enumerate(targets):
            said = dict.fromkeys(text for text in texts if text)
            asked = list(said)
            for start in range(0, len(asked), _SENTENCES_A_CALL):
                part = asked[start : start + _SENTENCES_A_CALL]
                said.update(zip(part, self._run(part, self._modes[source, target]), strict=True))
            progress((place + 1) / len(targets))
            yield target, [[Candidate(said.get(text) or "", 0.0)] for text in texts]

    def _run(self, texts: list[str], mode: str) -> list[str]:
        """The translations of sentences that hold something, by one call of the program."""
        given = _PARTED.join(texts) + "\n"
        out = _called(
            [self._program, "-u", mode], self._choice, given=given, limit_s=_STARTS_S + _SENTENCE_S * len(texts)
        )
        parts = out.removesuffix("\n").split(_PARTED)
        if len(parts) != len(texts):
            raise _unavailable(
                self._choice, f"apertium {mode} gave {len(parts)} sentences for {len(texts)}", fix="Reinstall the pair."
            )
        return [part.strip() for part in parts]

    def _check(self, source: str, target: str) -> None:
        for code in (source, target):
            language(code)
        if not self.speaks(source, target):
            raise UsageError(
                f"Apertium does not translate {source} into {target} here",
                fix="Install the pair, or choose another engine.",
            )


def _modes(program: str, choice: EngineChoice) -> dict[tuple[str, str], str]:
    """The installed modes by the codes of the house: of "spa-eng" and "spa-eng_US" the plain one."""
    found: dict[tuple[str, str], str] = {}
    for mode in sorted(_called([program, "-l"], choice, limit_s=_LISTS_S).split(), key=lambda each: (len(each), each)):
        one, _, other = mode.partition("-")
        source, target = by_tag(one), by_tag(other) if "-" not in other else None  # "eng-spa-tagger" shows its workings
        if source and target and source != target:
            found.setdefault((source.code, target.code), mode)
    return found


def _called(command: list[str], choice: EngineChoice, *, given: str = "", limit_s: float) -> str:
    """What a program writes; its own complaint where it fails."""
    try:
        with process_group(command, stdin=subprocess.PIPE) as program:
            said, complaint = program.communicate(given.encode("utf-8", "replace"), timeout=limit_s)
    except subprocess.TimeoutExpired as error:
        raise _unavailable(choice, f"apertium took more than {limit_s:g} s", fix="Reinstall the pair.") from error
    except OSError as error:
        raise _unavailable(choice, f"apertium does not start: {error}") from error
    if program.returncode:
        last = complaint.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise _unavailable(choice, f"apertium failed: {''.join(last) or program.returncode}", fix="Reinstall the pair.")
    return said.decode("utf-8", "replace")


def _unavailable(choice: EngineChoice, why: str, *, fix: str = "") -> ModelUnavailable:
    remedy = fix or "Run: apt-get install apertium apertium-eng-spa (one package for each pair)"
    return ModelUnavailable(why, where=variable_of(choice.setting), fix=remedy)
