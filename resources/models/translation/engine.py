"""The translator over a sequence-to-sequence model: many sentences into many languages by one model, loaded once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ops.errors import ModelUnavailable, UsageError
from ops.languages.scripts import word_spans
from ops.languages.table import language
from ops.progress import Progress, no_progress
from ops.translation.translator import Candidate, Decoding, Pair, TranslatorRow
from resources.models.translation.attention import by_words, cross_attentions
from resources.models.translation.batching import Room, Task, batches, groups
from resources.models.translation.decoding import Found, decoded
from resources.models.translation.dialect import Dialect
from resources.models.translation.encoding import Encoded, Kept
from resources.models.translation.lengthy import put_together, readable
from resources.models.translation.planning import Plan, read_pieces
from resources.models.translation.scoring import Forced, mean_log_probs

__all__ = ["SequenceTranslator"]


class SequenceTranslator:
    """See `ops.translation.translator.Translator`.

    Args:
        name: The engine and its model.
        licence: Of the weights.
        revision: Of the weights; see `ops.translation.translator.Revised`.
        model: Reads the weights: a model of transformers, on its device. Called once, when the first sentence comes: a
            title of which every sentence is remembered needs no weights.
        dialect: How it is told languages.
        room: What the device holds at once beside the model.
    """

    def __init__(
        self,
        *,
        name: str,
        licence: str,
        revision: str,
        model: Callable[[], Any],
        dialect: Dialect,
        room: Callable[[Any], Room],
    ) -> None:
        self._name, self._licence, self._revision = name, licence, revision
        self._read, self._dialect, self._room_of = model, dialect, room
        self._kept = Kept()

    @cached_property
    def _opened(self) -> Any:
        """The model, or why there is none, which stays so: damaged weights are not read again for every language."""
        try:
            return self._read()
        except ModelUnavailable as error:
            return error

    @property
    def _model(self) -> Any:
        if isinstance(self._opened, ModelUnavailable):
            raise self._opened
        return self._opened

    @cached_property
    def _room(self) -> Room:
        return self._room_of(self._model)

    @property
    def revision(self) -> str:
        """See `ops.translation.translator.Revised`."""
        return self._revision

    @property
    def name(self) -> str:
        """See Translator."""
        return self._name

    @property
    def licence(self) -> str:
        """See Translator."""
        return self._licence

    def speaks(self, source: str, target: str) -> bool:
        """See Translator."""
        return self._dialect.speaks(source, target)

    def unwritable(self, text: str, language: str) -> str:
        """See `ops.translation.translator.Spelling`."""
        return self._dialect.vocabulary.unwritable(text)

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
        parts = readable(rows, self._dialect.vocabulary)
        plan = Plan.of(self._dialect, [part for own in parts for part in own], source, decoding)
        return self._put_together(parts, self._translated(plan, list(dict.fromkeys(targets)), progress))

    def score(self, pairs: Sequence[Pair], source: str, target: str) -> list[float]:
        """See Translator."""
        end = (self._dialect.vocabulary.end,)
        return mean_log_probs(self._model, self._forced(pairs, source, target, end))

    def attention(self, pairs: Sequence[Pair], source: str, target: str) -> list[np.ndarray]:
        """See Translator."""
        found = cross_attentions(self._model, self._forced(pairs, source, target, ()))
        return [
            by_words(weights[:, 1:-1], self._spans(pair.source, source), self._spans(pair.target, target))
            for weights, pair in zip(found, pairs, strict=True)
        ]

    def _put_together(
        self, parts: list[list[TranslatorRow]], answers: Iterator[tuple[str, list[list[Candidate]]]]
    ) -> Iterator[tuple[str, list[list[Candidate]]]]:
        for target, found in answers:
            left = iter(found)
            yield target, [put_together(own, [next(left) for _ in own], target) for own in parts]

    def _translated(
        self, plan: Plan, targets: list[str], progress: Progress
    ) -> Iterator[tuple[str, list[list[Candidate]]]]:
        encoded = Encoded(self._model, self._kept)
        beams, count, done = plan.decoding.beams, len(plan.rows), 0
        for group in groups(targets, count, self._room, beams):
            tasks = plan.tasks(group)
            encoded.add(task.source for task in tasks)
            found: dict[str, dict[int, list[Candidate]]] = {target: {} for target in group}
            for batch in batches(tasks, self._room, beams):
                for task, candidates in zip(batch, self._decoded(batch, encoded, plan.decoding), strict=True):
                    found[task.target][task.row] = candidates
                done += len(batch)
                progress(done / (count * len(targets)))
                yield from _whole(found, count)
            yield from _whole(found, count)  # those of no sentences
            if not self._dialect.one_source:
                encoded.clear()

    def _decoded(self, batch: list[Task], encoded: Encoded, decoding: Decoding) -> list[list[Candidate]]:
        """The candidates of a batch; in halves where the device has not the room after all."""
        import torch

        try:
            found = decoded(self._model, batch, [encoded[task.source] for task in batch], decoding)
            return self._judged(batch, found, encoded)
        except torch.cuda.OutOfMemoryError:
            if len(batch) == 1:
                raise
        self._kept.clear()
        torch.cuda.empty_cache()
        half = len(batch) // 2
        return [*self._decoded(batch[:half], encoded, decoding), *self._decoded(batch[half:], encoded, decoding)]

    def _judged(self, batch: list[Task], found: list[list[Found]], encoded: Encoded) -> list[list[Candidate]]:
        """Candidates with their probability by the model itself: a search's own figure counts its penalties, too."""
        vocabulary = self._dialect.vocabulary
        forced = [
            Forced(
                encoded[task.source],
                (*task.prefix, *task.forced),
                each.ids if each.cut_short else (*each.ids, vocabulary.end),
            )
            for task, several in zip(batch, found, strict=True)
            for each in several
        ]
        scores = iter(mean_log_probs(self._model, forced))
        return [
            [Candidate(vocabulary.text(each.ids), next(scores), each.cut_short) for each in several]
            for several in found
        ]

    def _forced(self, pairs: Sequence[Pair], source: str, target: str, end: tuple[int, ...]) -> list[Forced]:
        self._check(source, target)
        vocabulary = self._dialect.vocabulary
        sources = [self._dialect.source(read_pieces(vocabulary, pair.source), source, target) for pair in pairs]
        said = [(*read_pieces(vocabulary, pair.target), *end) for pair in pairs]
        encoded = Encoded(self._model, self._kept)
        encoded.add(sources)
        begun = self._dialect.prefix(target)
        return [Forced(encoded[read], begun, each) for read, each in zip(sources, said, strict=True)]

    def _spans(self, text: str, code: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Where the pieces lie that are read of a text, and where its words."""
        vocabulary = self._dialect.vocabulary
        return vocabulary.pieces(text)[1][: len(read_pieces(vocabulary, text))], word_spans(text, language(code).script)

    def _check(self, source: str, target: str) -> None:
        for code in (source, target):
            language(code)
        if not self.speaks(source, target):
            raise UsageError(f"{self.name} does not translate {source} into {target}", fix="Choose another engine.")


def _whole(found: dict[str, dict[int, list[Candidate]]], count: int) -> Iterator[tuple[str, list[list[Candidate]]]]:
    """The languages that have all their sentences; each is given once."""
    for target in [target for target, rows in found.items() if len(rows) == count]:
        rows = found.pop(target)
        yield target, [rows[place] for place in range(count)]
