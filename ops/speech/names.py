"""What a person called the speakers, kept when they are found anew and numbered otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ops.speech.model import Turn

__all__ = ["NamedTurn", "carried_over"]

_MOST = 0.5
"""Share of a name's time, or of a speaker's, from which the one is the other's."""


@dataclass(frozen=True)
class NamedTurn:
    """A stretch in which somebody with a name spoke, as it stood when the name was given."""

    start_s: float
    end_s: float
    name: str


def carried_over(named: Sequence[NamedTurn], turns: Sequence[Turn]) -> dict[str, str]:
    """The new speakers' names, by who spoke at the same time.

    A name goes to the speaker that holds most of its time, and to any other that lies mostly in its time: a voice that
    is divided keeps its name on both parts. Of two names the one whose time is more nearly the speaker's wins.

    Args:
        named: The turns of those who had names.
        turns: The turns found now.

    Returns:
        Names by speaker; who has none is left out.
    """
    common: dict[tuple[str, str], float] = {}
    for old in named:
        for turn in turns:
            shared = min(old.end_s, turn.end_s) - max(old.start_s, turn.start_s)
            if shared > 0:
                common[turn.speaker, old.name] = common.get((turn.speaker, old.name), 0.0) + shared
    of_name, of_speaker = _totals([(old.name, old) for old in named]), _totals([(turn.speaker, turn) for turn in turns])

    def nearness(pair: tuple[str, str]) -> float:
        speaker, name = pair
        return common[pair] / (of_speaker[speaker] + of_name[name] - common[pair])

    names: dict[str, str] = {}
    for speaker, name in sorted(common, key=lambda pair: (-nearness(pair), pair)):
        if common[speaker, name] >= _MOST * min(of_name[name], of_speaker[speaker]):
            names.setdefault(speaker, name)
    return names


def _totals(stretches: Sequence[tuple[str, NamedTurn | Turn]]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for key, stretch in stretches:
        totals[key] = totals.get(key, 0.0) + stretch.end_s - stretch.start_s
    return totals
