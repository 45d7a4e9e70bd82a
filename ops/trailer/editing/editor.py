"""From a film's analysis to an edit decision list: slots by the music, moments by optimisation, joins by content.

Pure and repeatable: the same analysis, brief and seed give the same trailer, in well under a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ops.scenes.model import SceneAnalysis
from ops.trailer.cuts import Cut, Destination
from ops.trailer.editing.dialogue import PlacedLine, place_lines
from ops.trailer.editing.moments import SPOILER_LIMIT, Moments, find_moments
from ops.trailer.editing.pacing import Slot, divide, fitted
from ops.trailer.editing.reasons import reason_for
from ops.trailer.editing.selection import TooFewMoments, choose_moments
from ops.trailer.editing.sounding import ShownStretch, accents_of, film_effects, spoken_lines
from ops.trailer.editing.structure import TERMS, Genre, structure_of
from ops.trailer.editing.telling import told_in_order
from ops.trailer.editing.transitions import plan_joins
from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Card, CardKind, Clip, Event, Join, JoinKind, Part, Title
from ops.trailer.soundtrack import Bed, FilmSound

__all__ = ["Brief", "CannotCut", "edit"]

_PACES = (1.0, 1.2, 1.45, 1.8, 2.2)
"""A film with few usable shots gets fewer and longer ones."""

_INTO_FADES = (0.0, 0.45)
"""As much as needed: at 45 % of a fade a picture has about half its light."""

_NAME_IN_S, _NAME_HELD_S = 0.25, 2.2


class CannotCut(ValueError):
    """The film does not give this trailer; why, in words."""


@dataclass(frozen=True)
class Brief:
    """What is asked of the editor.

    Attributes:
        cut: Which trailer.
        film: The film.
        rate: The trailer's rate.
        size: Its picture, pixels.
        genre: What the genre asks, with what viewers taught.
        bed: The music, chosen before the pictures, as in a cutting room.
        name: The film's name as it may be set; empty for none.
        tagline: A line for a card; empty for none.
        barred: Shots that must not be shown.
        spoiler_limit: Share of the film that may be shown.
        destination: Where it is shown.
        may_be_said: False for lines that the safety gates list.
        seed: Another seed is another cut.
        why_genre: Why this genre.
    """

    cut: Cut
    film: Film
    rate: Fraction
    size: tuple[int, int]
    genre: Genre
    bed: Bed | None
    name: str = ""
    tagline: str = ""
    barred: Set[int] = frozenset()
    spoiler_limit: float = SPOILER_LIMIT
    destination: Destination = Destination.WEB
    may_be_said: Callable[[str], bool] = lambda words: True
    seed: int = 0
    why_genre: str = ""


@dataclass(frozen=True)
class _Cutting:
    """A trailer whose moments are chosen: one for each slot that shows the film."""

    slots: tuple[Slot, ...]
    filmed: tuple[int, ...]  # places of the slots that show the film
    chosen: tuple[int, ...]
    lines: tuple[PlacedLine, ...]
    pace: float


def edit(analysis: SceneAnalysis, brief: Brief) -> EditDecisionList:
    """Cut a trailer.

    Args:
        analysis: What the film's shots are like.
        brief: What is asked.

    Raises:
        CannotCut: The film has too few shots that may be shown.
    """
    cutting, moments = _cut(analysis, brief)
    joins = _joins(cutting, moments, brief)
    events, windows = _events(cutting, joins, moments, brief)
    joins = [_possible(join, nth, windows, cutting, moments) for nth, join in enumerate(joins)]
    return EditDecisionList(
        cut=brief.cut.name,
        rate=brief.rate,
        size=brief.size,
        film=brief.film,
        events=tuple(events),
        joins=tuple(joins),
        sounds=(*spoken_lines(cutting.lines), *_effects(cutting, windows, analysis, moments, brief)),
        bed=brief.bed,
        accents=accents_of(cutting.slots, brief.rate) if brief.bed else (),
        target_lufs=brief.destination.target_lufs,
        peak_dbtp=brief.destination.peak_dbtp,
        grade=brief.genre.grade,
        notes=_notes(cutting, moments, brief),
    )


def _cut(analysis: SceneAnalysis, brief: Brief) -> tuple[_Cutting, Moments]:
    """Divide the time and choose the moments; of a film with few, in longer shots, and with a little of its fades."""
    why_not = ""
    for into_fades in _INTO_FADES:
        moments = find_moments(
            analysis,
            brief.rate,
            brief.genre,
            spoiler_limit=brief.spoiler_limit,
            barred=brief.barred,
            into_fades=into_fades,
        )
        why = ""
        for pace in _PACES:
            cutting, why = _choose(analysis, moments, brief, pace)
            if cutting is not None:
                return cutting, moments
        left_out = ", ".join(f"{count} {reason}" for reason, count in moments.left_out.items())
        why_not = f"the film has {len(moments)} shots that may be shown, too few for {brief.cut.seconds} s: {why}" + (
            f"; left out: {left_out}" if left_out else ""
        )
    raise CannotCut(why_not)


def _choose(analysis: SceneAnalysis, moments: Moments, brief: Brief, pace: float) -> tuple[_Cutting | None, str]:
    """The moments at a pace; none, and why, where they do not fill it."""
    structure = structure_of(brief.cut.structure)
    bed = brief.bed
    beats = bed.beats_s if bed else ()
    divided = divide(
        structure.paced(brief.genre.pace * pace),
        round(brief.cut.seconds * brief.rate),
        brief.rate,
        beats_s=beats,
        downbeats_s=bed.downbeats_s if bed else (),
        marks=dict(bed.parts) if bed else {},
        seed=brief.seed,
    )
    lengths = (moments.last - moments.first).tolist()
    pictures = fitted([slot for slot in divided if slot.part is not Part.BUTTON], lengths, brief.rate, beats)
    if pictures is None:
        total_s, longest_s = sum(lengths) / float(brief.rate), max(lengths, default=0) / float(brief.rate)
        return None, f"they last {total_s:.1f} s in all, the longest {longest_s:.1f} s"
    slots = (*pictures, *(slot for slot in divided if slot.part is Part.BUTTON))
    filmed = [nth for nth, slot in enumerate(slots) if slot.part is not Part.BUTTON]
    if structure.tagline and brief.tagline:
        filmed.remove(next(nth for nth, slot in enumerate(slots) if slot.part is Part.RISE))
    shown = [slots[nth] for nth in filmed]
    most = round(structure.lines * brief.genre.lines)
    lines = place_lines(analysis.lines, shown, moments, most, may_be_said=brief.may_be_said)
    why = ""
    for kept in (lines, []) if lines else ([],):  # lines that leave too little for the rest give way to it
        pinned = {line.slot: line.candidate for line in kept}
        try:
            chosen = choose_moments(shown, moments, pinned=pinned, seed=brief.seed)
        except TooFewMoments as error:
            why = str(error)
            continue
        told = told_in_order(shown, chosen, moments, pinned)
        return _Cutting(slots, tuple(filmed), tuple(told), tuple(kept), pace), ""
    return None, why


def _joins(cutting: _Cutting, moments: Moments, brief: Brief) -> list[Join]:
    """A join between each two events; cards are entered through black, which costs their neighbours' edges."""
    slots, filmed = cutting.slots, cutting.filmed
    if len(filmed) == len(slots) - 1:
        return plan_joins(slots, cutting.chosen, moments, brief.genre)
    card = next(nth for nth in range(len(slots)) if nth not in filmed)  # the tagline's: a dip before and behind it
    shown = [slots[nth] for nth in filmed]
    joins = plan_joins([*shown, slots[-1]], cutting.chosen, moments, brief.genre)
    dip = round(Fraction(1, 5) * brief.rate)
    into = Join(
        JoinKind.DIP, min(dip, slots[card - 1].frames // 3), min(dip, slots[card].frames // 3), "to the tagline"
    )
    out = Join(JoinKind.DIP, into.after, min(dip, slots[card + 1].frames // 3), "from the tagline")
    return [*joins[: card - 1], into, out, *joins[card:]]


def _events(
    cutting: _Cutting, joins: Sequence[Join], moments: Moments, brief: Brief
) -> tuple[list[Event], dict[int, tuple[int, int]]]:
    """The events, and by slot the stretch of the film that it shows."""
    events: list[Event] = []
    windows: dict[int, tuple[int, int]] = {}
    spoken = {cutting.filmed[line.slot]: line for line in cutting.lines}
    moment_of = dict(zip(cutting.filmed, cutting.chosen, strict=True))
    for nth, slot in enumerate(cutting.slots):
        if nth not in moment_of:
            events.append(_card(slot, brief))
            continue
        candidate = moment_of[nth]
        if nth in spoken:
            start = spoken[nth].picture
            window = (start, start + slot.frames)
        else:
            ahead = joins[nth - 1].before if nth and joins[nth - 1].kind is JoinKind.DISSOLVE else 0
            behind = joins[nth].after if nth < len(joins) and joins[nth].kind is JoinKind.DISSOLVE else 0
            window = moments.window(candidate, slot.frames, ahead=ahead, behind=behind)
        windows[nth] = window
        traits = tuple(
            (term, round(float(trait), 3)) for term, trait in zip(TERMS, moments.traits[candidate], strict=True)
        )
        events.append(
            Clip(
                *window,
                part=slot.part,
                shot=int(moments.shot[candidate]),
                reason=reason_for(slot, candidate, moments, brief.genre, spoken.get(nth)),
                title=_name_over(slot, brief) if nth == 0 and brief.cut.structure == "feed" else None,
                traits=traits,
            )
        )
    return events, windows


def _card(slot: Slot, brief: Brief) -> Card:
    if slot.part is Part.BUTTON:
        words = (brief.name,) if brief.name else ("",)
        return Card(slot.frames, CardKind.END, words, slot.part, "the name is the last thing that is seen")
    return Card(slot.frames, CardKind.TAGLINE, (brief.tagline,), slot.part, "a breath before the rise")


def _name_over(slot: Slot, brief: Brief) -> Title | None:
    if not brief.name:
        return None
    start = round(Fraction(_NAME_IN_S) * brief.rate)
    end = min(slot.frames, start + round(Fraction(_NAME_HELD_S) * brief.rate))
    return Title(brief.name, start, end) if end - start >= brief.rate // 2 else None


def _possible(
    join: Join, nth: int, windows: Mapping[int, tuple[int, int]], cutting: _Cutting, moments: Moments
) -> Join:
    """The join, or a hard cut where a dissolve would reach out of its shot: one pinned to its line may lack handles."""
    if join.kind is not JoinKind.DISSOLVE:
        return join
    moment_of = dict(zip(cutting.filmed, cutting.chosen, strict=True))
    ends = windows[nth][1] + join.after <= moments.last[moment_of[nth]]
    starts = windows[nth + 1][0] - join.before >= moments.first[moment_of[nth + 1]]
    return join if ends and starts else replace(join, kind=JoinKind.CUT, before=0, after=0, reason="")


def _effects(
    cutting: _Cutting,
    windows: Mapping[int, tuple[int, int]],
    analysis: SceneAnalysis,
    moments: Moments,
    brief: Brief,
) -> list[FilmSound]:
    shown = [
        ShownStretch(cutting.slots[nth].start, *windows[nth], float(moments.music[candidate]))
        for nth, candidate in zip(cutting.filmed, cutting.chosen, strict=True)
    ]
    return film_effects(
        shown,
        cutting.lines,
        np.asarray(analysis.curves["speech"], dtype=float),
        analysis.step_s,
        brief.rate,
        gain_db=brief.genre.effects_db,
        over=brief.bed,
    )


def _notes(cutting: _Cutting, moments: Moments, brief: Brief) -> tuple[tuple[str, str], ...]:
    left_out = ", ".join(f"{count} {reason}" for reason, count in moments.left_out.items())
    notes = {
        "genre": f"{brief.genre.name}: {brief.why_genre}" if brief.why_genre else brief.genre.name,
        "structure": brief.cut.structure,
        "pace": f"shots {cutting.pace * brief.genre.pace:.2f} times as long as the structure's",
        "spoilers": f"nothing from {float(moments.spoiler_frame / brief.rate):.1f} s of the film on",
        "shots": f"{len(moments)} of {len(moments) + sum(moments.left_out.values())} may be shown"
        + (f"; left out: {left_out}" if left_out else ""),
        "lines": f"{len(cutting.lines)} spoken",
        "music": brief.bed.reason if brief.bed else "none",
        "seed": str(brief.seed),
    }
    return tuple(notes.items())
