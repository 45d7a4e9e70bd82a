"""A translation model's pieces of words: text into ids and back, with nothing of a sentence read as an instruction.

A sentence that says "</s>" or "fra_Latn" must reach the model as letters: as tokens, the one would end it and the other
change its language. So special tokens are never read out of text here; languages are put in by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from resources.models.checkpoint import opening, unusable
from resources.models.choice import EngineChoice

__all__ = ["Vocabulary"]

_FILE = "tokenizer.json"


class Vocabulary:
    """The tokenizer of a checkpoint folder, as its publisher wrote it.

    Args:
        folder: Holds tokenizer.json.
        choice: What errors name.
        size: How many ids the model has; a token beyond it is not the model's.
        unknown: The token that stands for what it cannot write.
        end: The token that ends a sentence.
        marks: Tokens besides the special ones that must not come out of text: MADLAD's tags are plain pieces.

    Raises:
        ModelUnavailable: There is no such file, it is damaged, or it lacks these tokens.
    """

    def __init__(
        self,
        folder: Path,
        choice: EngineChoice,
        *,
        size: int,
        unknown: str = "<unk>",
        end: str = "</s>",
        marks: Iterable[str] = (),
    ) -> None:
        from tokenizers import Tokenizer

        file = folder / _FILE
        if not file.is_file():
            raise unusable(choice, f"there is no {_FILE} in {folder}; it must be a folder as save_pretrained writes it")
        with opening(choice):
            self._tokenizer: Any = Tokenizer.from_file(str(file))
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._size = size
        self._unknown, self.end = self._need(unknown, choice), self._need(end, choice)
        found = (self.id_of(mark) for mark in marks)
        special = {place for place, token in self._tokenizer.get_added_tokens_decoder().items() if token.special}
        self._marks = frozenset({place for place in found if place is not None} | special - {self._unknown})

    def id_of(self, token: str) -> int | None:
        """The id of a token, or None where the model does not know it."""
        place = self._tokenizer.token_to_id(token)
        return place if place is not None and place < self._size else None

    def ids(self, text: str) -> list[int]:
        """A text's pieces."""
        return self.pieces(text)[0]

    def pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """A text's pieces, and where in the text each begins and ends, in characters."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        ids, spans = list(encoded.ids), list(encoded.offsets)
        for place, span in zip(ids, spans, strict=True):
            if place in self._marks and len(text) > 1:  # written out in the text: cut it through, so that it is letters
                return self._parted(text, max(1, (span[0] + span[1]) // 2))
        return ids, spans

    def unwritable(self, text: str) -> str:
        """The characters of a text that it has no pieces for, each once, in their order."""
        ids, spans = self.pieces(text)
        lost = (text[start:end] for place, (start, end) in zip(ids, spans, strict=True) if place == self._unknown)
        return "".join(dict.fromkeys(character for part in lost for character in part if not character.isspace()))

    def text(self, ids: Sequence[int]) -> str:
        """The text of pieces, without special tokens."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True)).strip()

    def _parted(self, text: str, at: int) -> tuple[list[int], list[tuple[int, int]]]:
        at = min(at, len(text) - 1)
        ids, spans = self.pieces(text[:at])
        more, rest = self.pieces(text[at:])
        return ids + more, spans + [(start + at, end + at) for start, end in rest]

    def _need(self, token: str, choice: EngineChoice) -> int:
        place = self.id_of(token)
        if place is None:
            raise unusable(choice, f"its vocabulary has no {token}, or one that its weights do not reach")
        return place
