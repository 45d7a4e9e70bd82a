"""Proxies of how good an edit is: each moves the way that it should, and random cuts are told from the editor's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ops.trailer.editing.editor import edit
from ops.trailer.editing.moments import spoiler_frame
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Clip, Join
from ops.trailer.measuring.proxies import hard_cuts, highlight_recall, judge_edit
from ops.trailer.sheet import draw_cut_sheet, table_of
from tests.ops.trailer.editing.briefs import brief_for
from tests.ops.trailer.examples import whole_trailer
from tests.support.analysed_film import AnalysedFilm, analysed_film


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> AnalysedFilm:
    return analysed_film(data, tmp_path_factory)


@pytest.fixture(scope="module")
def edl(made: AnalysedFilm) -> EditDecisionList:
    return edit(made.analysis, brief_for(made.analysis))


def at_random(edl: EditDecisionList, frames: int, seed: int) -> EditDecisionList:
    """The same slots, filled from anywhere."""
    random = np.random.default_rng(seed)
    events = []
    for event in edl.events:
        if isinstance(event, Clip):
            start = int(random.integers(0, frames - event.frames))
            event = replace(event, start=start, end=start + event.frames)  # noqa: PLW2901
        events.append(event)
    return replace(edl, events=tuple(events), joins=(Join(),) * len(edl.joins))


def test_the_editor_s_choice_beats_chance_in_highlights_and_coverage(made: AnalysedFilm, edl: EditDecisionList) -> None:
    limit = spoiler_frame(made.analysis, edl.rate)
    own = judge_edit(edl, made.analysis, limit)
    others = [judge_edit(at_random(edl, limit, seed), made.analysis, limit) for seed in range(8)]
    assert own.highlights > np.mean([each.highlights for each in others])
    assert own.coverage > np.mean([each.coverage for each in others])
    assert all(0 <= value <= 1 for value in own.to_json().values())


def test_cuts_on_beats_count_and_cuts_between_them_do_not(made: AnalysedFilm, edl: EditDecisionList) -> None:
    assert edl.bed is not None
    assert judge_edit(edl, made.analysis, 2000).beats > 0.8
    moved = replace(edl, bed=replace(edl.bed, beats_s=tuple(at + 0.2 for at in edl.bed.beats_s)))
    assert judge_edit(moved, made.analysis, 2000).beats < 0.3
    assert judge_edit(replace(edl, bed=None, accents=()), made.analysis, 2000).beats == 0.0


def test_one_shot_over_and_over_has_no_variety(made: AnalysedFilm, edl: EditDecisionList) -> None:
    same = tuple(replace(e, start=600, end=600 + e.frames) if isinstance(e, Clip) else e for e in edl.events)
    joins = (Join(),) * len(edl.joins)
    over = judge_edit(replace(edl, events=same, joins=joins), made.analysis, 2000)
    assert over.variety < 0.05 < judge_edit(edl, made.analysis, 2000).variety


def test_hard_cuts_are_those_that_take_no_frames() -> None:
    trailer = whole_trailer()
    assert hard_cuts(trailer) == [144]


def test_highlights_that_are_shown_are_recalled() -> None:
    trailer = whole_trailer()
    cuts = [200, 400, 600, 730]  # shots: 0 to 199, … 730 on
    assert highlight_recall(trailer, cuts, {0, 1, 2}) == pytest.approx(1.0)
    assert highlight_recall(trailer, cuts, {7, 8}) == 0.0
    assert highlight_recall(trailer, cuts, {0, 9}) == 0.5
    assert highlight_recall(trailer, cuts, set()) == 0.0


def test_the_sheet_is_the_same_to_the_byte_and_the_table_has_a_row_an_event() -> None:
    trailer = whole_trailer()
    pictures = [np.full((150, 266, 3), 20 * n, np.uint8) for n in range(len(trailer.events))]
    sound = np.random.default_rng(1).standard_normal((48_000 * 11, 2)).astype(np.float32) * 0.1
    assert draw_cut_sheet(trailer, pictures, sound) == draw_cut_sheet(trailer, pictures, sound)
    rows = table_of(trailer)
    assert [row["shows"] for row in rows] == [
        "shot 3", "shot 7", "Some are lost", "shot 12", "shot 18", "shot 19", "Sintel / Now"
    ]  # fmt: skip
    assert rows[1] == {
        "at": "2.00 s", "seconds": 2.5, "part": "set-up", "shows": "shot 7", "from": "12.51 s", "why": "somebody speaks"
    }  # fmt: skip
