"""How a translation model is told which languages: the one thing in which NLLB and MADLAD differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from resources.models.translation.vocabulary import Vocabulary

__all__ = ["Dialect", "TagInSource", "TokenEachSide"]


class Dialect(Protocol):
    """A model's way with languages."""

    @property
    def vocabulary(self) -> Vocabulary:
        """Its pieces."""
        ...

    @property
    def one_source(self) -> bool:
        """Whether a source reads the same for every target, so that it is encoded once for all."""
        ...

    def speaks(self, source: str, target: str) -> bool:
        """Whether it has tokens for both."""
        ...

    def source(self, ids: Sequence[int], source: str, target: str) -> tuple[int, ...]:
        """What the encoder reads: one id, those of the text, one id."""
        ...

    def prefix(self, target: str) -> tuple[int, ...]:
        """What the decoder begins with."""
        ...


@dataclass(frozen=True)
class TokenEachSide:
    """NLLB's way: the source's token before the source, the target's after the decoder's beginning.

    Attributes:
        vocabulary: Its pieces.
        start: The decoder's first id.
        tokens: Of each language that it has, the id.
    """

    vocabulary: Vocabulary
    start: int
    tokens: dict[str, int]
    one_source: bool = True

    def speaks(self, source: str, target: str) -> bool:
        """See Dialect."""
        return source != target and source in self.tokens and target in self.tokens

    def source(self, ids: Sequence[int], source: str, target: str) -> tuple[int, ...]:
        """See Dialect."""
        return (self.tokens[source], *ids, self.vocabulary.end)

    def prefix(self, target: str) -> tuple[int, ...]:
        """See Dialect."""
        return (self.start, self.tokens[target])


@dataclass(frozen=True)
class TagInSource:
    """MADLAD's way: a tag of the target before the source, which it recognises by itself.

    Attributes:
        vocabulary: Its pieces.
        start: The decoder's first id.
        tags: Of each language that it has, the tag's id.
    """

    vocabulary: Vocabulary
    start: int
    tags: dict[str, int]
    one_source: bool = False

    def speaks(self, source: str, target: str) -> bool:
        """See Dialect."""
        return source != target and source in self.tags and target in self.tags

    def source(self, ids: Sequence[int], source: str, target: str) -> tuple[int, ...]:
        """See Dialect."""
        return (self.tags[target], *ids, self.vocabulary.end)

    def prefix(self, target: str) -> tuple[int, ...]:
        """See Dialect."""
        return (self.start,)
