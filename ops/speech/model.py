"""What is known of a film's speech before a word is understood: where there is any, and who speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Speech", "Turn"]


@dataclass(frozen=True)
class Turn:
    """A stretch in which one person speaks, in the film's seconds; turns may overlap."""

    start_s: float
    end_s: float
    speaker: str


@dataclass(frozen=True)
class Speech:
    """The `speech` artifact.

    Attributes:
        duration_s: Length of the sound.
        spans: Where somebody speaks, in order and apart, (from, to) in seconds.
        turns: Who, in order of their beginnings; speakers are "S1", "S2", … in order of their first words.
        names: What a person called them, by speaker; the others go by their ids.
        noise_db: The level of what is heard between the speech, dB of full scale; None where nothing is.
        engines: What found the speech and what told the voices apart, by what they did.
        notes: What is worth telling, as sentences.
        envelope: The highest sample of each of as many equal parts of the sound, 0 to 1, for pictures.
    """

    duration_s: float
    spans: tuple[tuple[float, float], ...]
    turns: tuple[Turn, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    noise_db: float | None = None
    engines: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    envelope: tuple[float, ...] = ()

    @property
    def speakers(self) -> tuple[str, ...]:
        """Their ids, in order of their first words."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))

    def name(self, speaker: str) -> str:
        """What a speaker is called."""
        return self.names.get(speaker, speaker)

    def table(self) -> list[dict[str, float | str]]:
        """One row a turn: `start_s`, `end_s`, `speaker`, `name`."""
        return [{**asdict(turn), "name": self.name(turn.speaker)} for turn in self.turns]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            **asdict(self),
            "spans": [list(span) for span in self.spans],
            "names": dict(self.names),
            "engines": dict(self.engines),
            "turns": [asdict(turn) for turn in self.turns],
            "notes": list(self.notes),
            "envelope": list(self.envelope),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Speech:
        """Read back what `to_json` wrote.

        Raises:
            KeyError, TypeError: It is not such a value.
        """
        return cls(
            duration_s=value["duration_s"],
            spans=tuple((start, end) for start, end in value["spans"]),
            turns=tuple(Turn(**row) for row in value["turns"]),
            names=value["names"],
            noise_db=value["noise_db"],
            engines=value["engines"],
            notes=tuple(value["notes"]),
            envelope=tuple(value["envelope"]),
        )
