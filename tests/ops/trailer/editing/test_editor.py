"""Whole edits of a real film: what every trailer must hold, in every genre, at every length and rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ops.scenes.model import SceneAnalysis
from ops.trailer.cuts import CUTS, Destination
from ops.trailer.editing.editor import CannotCut, edit
from ops.trailer.editing.moments import find_moments, spoiler_frame
from ops.trailer.editing.pacing import Slot
from ops.trailer.editing.telling import told_in_order
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Card, CardKind, Clip, JoinKind, Part
from ops.trailer.finish import edit_id
from ops.trailer.otio.reading import read_otio
from ops.trailer.otio.writing import write_otio
from ops.trailer.soundtrack import SoundRole
from tests.ops.trailer.editing.briefs import GENRES, brief_for, genre
from tests.ops.trailer.editing.moments_at_random import moments_at_random
from tests.support.analysed_film import AnalysedFilm, reels

CASES = (
    *((style, "trailer_30", Fraction(24), 0) for style in GENRES),
    ("drama", "teaser_15", Fraction(24000, 1001), 1),
    ("documentary", "vertical_30", Fraction(25), 2),
    ("action", "square_30", Fraction(30), 3),
    ("drama", "trailer_60", Fraction(24), 4),
    ("comedy", "trailer_60", Fraction(24000, 1001), 5),
)
Edits = Mapping[tuple[str, str, Fraction, int], tuple[SceneAnalysis, EditDecisionList]]


@pytest.fixture(scope="module")
def edits(analysed: AnalysedFilm) -> Edits:
    """One edit a case; those of 60 s from two reels of the film."""
    made = {}
    for style, cut, rate, seed in CASES:
        film = reels(analysed.analysis, 2) if cut == "trailer_60" else analysed.analysis
        made[style, cut, rate, seed] = film, edit(film, brief_for(film, cut, style, rate=rate, seed=seed))
    return made


def rows_of(film: SceneAnalysis, edl: EditDecisionList) -> dict[int, tuple[int, int]]:
    """First frame and one past the last of each shot's own pictures, by shot, told by its table alone."""
    first, last = (film.column(name).astype(float) * float(edl.rate) for name in ("steady_start_s", "steady_end_s"))
    return {shot: (round(a), round(b)) for shot, (a, b) in enumerate(zip(first, last, strict=True))}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_trailer_is_exactly_as_long_as_its_cut_and_is_told_in_its_parts(edits: Edits, case) -> None:
    _, edl = edits[case]
    assert edl.frames == round(CUTS[case[1]].seconds * case[2])
    parts = [event.part for event in edl.events]
    assert list(dict.fromkeys(parts)) == list(Part)
    last = edl.events[-1]
    assert isinstance(last, Card) and last.kind is CardKind.END and last.lines == ("The Film",)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_is_shown_from_beyond_the_spoiler_limit_or_of_the_last_scene(edits: Edits, case) -> None:
    film, edl = edits[case]
    starts, scenes = film.column("start_s"), film.column("scene")
    last_scene = float(starts[scenes == scenes[-1]].min())
    limit = min(0.85 * film.duration_s, last_scene) * float(edl.rate)
    reach = [join.after if join.kind is JoinKind.DISSOLVE else 0 for join in edl.joins] + [0]
    for event, after in zip(edl.events, reach, strict=True):
        assert isinstance(event, Card) or event.end + after <= limit + 1
    assert all(sound.end <= limit + 1 for sound in edl.sounds)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_clip_lies_within_the_shot_it_names_and_no_shot_is_shown_twice(edits: Edits, case) -> None:
    film, edl = edits[case]
    rows = rows_of(film, edl)
    for _, clip in edl.clips():
        assert clip.shot is not None
        first, last = rows[clip.shot]
        assert first <= clip.start and clip.end <= last
    shots = [clip.shot for _, clip in edl.clips()]
    assert len(set(shots)) == len(shots)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_dissolves_reach_into_pictures_of_their_own_two_shots_alone(edits: Edits, case) -> None:
    film, edl = edits[case]
    rows = rows_of(film, edl)
    for (one, other), join in zip(pairwise(edl.events), edl.joins, strict=True):
        assert join.before <= one.frames // 2 and join.after <= other.frames // 2
        if join.kind is JoinKind.DISSOLVE:
            assert isinstance(one, Clip) and isinstance(other, Clip)
            assert one.shot is not None and other.shot is not None
            assert one.end + join.after <= rows[one.shot][1]
            assert other.start - join.before >= rows[other.shot][0]


def test_a_shot_between_two_dissolves_has_both_handles(analysed: AnalysedFilm) -> None:
    """Each was looked for alone once, and the second reached into the next shot for some frames."""
    dissolved = 0
    for seed in range(12):
        edl = edit(analysed.analysis, brief_for(analysed.analysis, style="documentary", seed=seed, music=False))
        rows = rows_of(analysed.analysis, edl)
        for (one, other), join in zip(pairwise(edl.events), edl.joins, strict=True):
            if join.kind is JoinKind.DISSOLVE:
                assert isinstance(one, Clip) and isinstance(other, Clip)
                assert one.shot is not None and other.shot is not None
                assert one.end + join.after <= rows[one.shot][1] and other.start - join.before >= rows[other.shot][0]
                dissolved += 1
    assert dissolved > 0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_joins_that_are_no_cuts_are_as_few_as_the_genre_asks(edits: Edits, case) -> None:
    _, edl = edits[case]
    count = Counter(join.kind for join in edl.joins)
    for kind, share in genre(case[0]).joins.items():
        cards = kind is JoinKind.DIP  # every genre enters its cards through black
        allowed = share * len(edl.joins) + 0.5 + (1 if cards else 0) + (2 if cards and case[1] == "trailer_60" else 0)
        assert count[kind] <= allowed
    assert count[JoinKind.CUT] >= 0.65 * len(edl.joins)
    assert all(join.reason for join in edl.joins if join.kind is not JoinKind.CUT)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lines_are_in_step_with_their_picture_in_the_order_of_the_film_and_never_at_once(edits: Edits, case) -> None:
    _, edl = edits[case]
    said = [sound for sound in edl.sounds if sound.role is SoundRole.DIALOGUE]
    for sound in said:
        seen = [(at, clip) for at, clip in edl.clips() if clip.start - at == sound.start - sound.at]
        own = [(at, clip) for at, clip in seen if clip.start < sound.end and sound.start < clip.end]
        assert len(own) == 1
        at, clip = own[0]
        assert 0 <= at - sound.at <= 0.4 * edl.rate  # a J cut leads by so much at the most
        overlap = min(at + clip.frames, sound.at + sound.frames) - at
        assert overlap >= min(clip.frames, 0.45 * sound.frames) - 1  # an L cut leaves it after so much at the least
        assert sound.frames <= 4.5 * edl.rate
    for one, other in pairwise(said):
        assert one.at + one.frames + int(0.6 * edl.rate) <= other.at and one.end <= other.start
    climax = next(start for start, event in zip(edl.starts, edl.events, strict=True) if event.part is Part.CLIMAX)
    assert all(sound.at + sound.frames <= climax for sound in said)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nobody_speaks_in_what_is_heard_as_an_effect_nor_over_a_line(edits: Edits, case) -> None:
    film, edl = edits[case]
    step = film.step_s * float(edl.rate)
    said = [sound for sound in edl.sounds if sound.role is SoundRole.DIALOGUE]
    for sound in edl.sounds:
        if sound.role is SoundRole.EFFECTS:
            heard = film.curves["speech"][int(sound.start / step) : int(sound.end / step) + 1]
            assert float(heard.max(initial=0.0)) <= 0.1
            assert all(line.at + line.frames <= sound.at or sound.at + sound.frames <= line.at for line in said)
            assert sound.at in edl.starts


def test_lines_are_spoken_where_there_are_any(edits: Edits) -> None:
    assert sum(sound.role is SoundRole.DIALOGUE for _, edl in edits.values() for sound in edl.sounds) >= 8


@pytest.mark.parametrize("case", CASES, ids=str)
def test_free_shots_of_the_set_up_follow_the_film_where_they_fit_each_other_s_place(edits: Edits, case) -> None:
    film, edl = edits[case]
    rows = rows_of(film, edl)
    shots = [clip.shot for _, clip in edl.clips() if clip.shot is not None]
    spoken = {sound.start - sound.at for sound in edl.sounds if sound.role is SoundRole.DIALOGUE}
    told = [
        (nth, clip)
        for nth, (at, clip) in enumerate(edl.clips())
        if clip.part is Part.SETUP and clip.start - at not in spoken
    ]

    def jumps(order: list[int]) -> int:
        return sum(float(film.likeness(a, b)) > 0.8 for a, b in pairwise(order))

    for (one, first), (other, second) in pairwise(told):
        turned = shots.copy()
        turned[one], turned[other] = turned[other], turned[one]
        room = [rows[shots[nth]][1] - rows[shots[nth]][0] for nth in (one, other)]
        fit = room[0] >= second.frames and room[1] >= first.frames
        assert first.start < second.start or not fit or jumps(turned) > jumps(shots)


def test_the_set_up_is_told_in_order_whatever_order_it_was_chosen_in() -> None:
    moments = replace(moments_at_random(40, 3), likeness=np.eye(40))
    slots = [Slot(Part.SETUP, 24 * nth, 24 * nth + 24, 0.3) for nth in range(6)] + [Slot(Part.RISE, 144, 168, 0.6)]

    assert told_in_order(slots, [30, 4, 22, 9, 1, 15, 0], moments) == [1, 4, 9, 15, 22, 30, 0]
    assert told_in_order(slots, [30, 4, 22, 9, 1, 15, 0], moments, pinned={0, 2}) == [30, 1, 22, 4, 9, 15, 0]


def test_order_gives_way_where_two_like_shots_would_meet() -> None:
    alike = np.eye(40)
    alike[4, 22] = alike[22, 4] = 0.9
    moments = replace(moments_at_random(40, 3), likeness=alike)
    slots = [Slot(Part.SETUP, 24 * nth, 24 * nth + 24, 0.3) for nth in range(3)]
    assert told_in_order(slots, [22, 9, 4], moments) == [4, 9, 22]
    assert told_in_order(slots, [22, 30, 4], moments) == [4, 30, 22]


def test_the_same_brief_gives_the_same_trailer_and_another_seed_another(analysed: AnalysedFilm) -> None:
    film = analysed.analysis
    assert edit(film, brief_for(film, seed=3)) == edit(film, brief_for(film, seed=3))
    clips = {tuple((c.start, c.end) for _, c in edit(film, brief_for(film, seed=seed)).clips()) for seed in range(3)}
    assert len(clips) == 3


def test_a_shot_that_is_barred_is_never_shown_and_is_told(analysed: AnalysedFilm) -> None:
    film = analysed.analysis
    shown = {clip.shot for _, clip in edit(film, brief_for(film, "teaser_15")).clips() if clip.shot is not None}
    barred = set(sorted(shown)[:4])

    edl = edit(film, brief_for(film, "teaser_15", barred=barred))

    assert not barred & {clip.shot for _, clip in edl.clips()}
    assert "4 barred by the safety gates or a person" in dict(edl.notes)["shots"]


def test_a_film_whose_shots_are_barred_cannot_be_cut_and_says_why(analysed: AnalysedFilm) -> None:
    film = analysed.analysis
    with pytest.raises(CannotCut, match=r"shots that may be shown, too few for 30 s.*left out: .*barred"):
        edit(film, brief_for(film, barred=set(range(3, len(film)))))


def test_a_line_with_words_that_are_listed_is_not_spoken(analysed: AnalysedFilm) -> None:
    film = analysed.analysis
    worded = replace(film, lines=tuple(replace(line, words=f"line {n}") for n, line in enumerate(film.lines)))
    spoken = [sound.words for sound in edit(worded, brief_for(worded, style="drama")).sounds if sound.words]
    assert spoken

    without = edit(worded, brief_for(worded, style="drama", may_be_said=lambda words: words not in spoken))

    assert not set(spoken) & {sound.words for sound in without.sounds}


def test_a_minute_has_its_tagline_on_a_card_before_the_rise_through_black(edits: Edits) -> None:
    _, edl = edits["drama", "trailer_60", Fraction(24), 4]
    places = [n for n, event in enumerate(edl.events) if isinstance(event, Card) and event.kind is CardKind.TAGLINE]
    assert len(places) == 1
    card = edl.events[places[0]]
    assert isinstance(card, Card) and card.lines == ("Some are lost",)
    assert edl.events[places[0] - 1].part is Part.SETUP and edl.events[places[0] + 1].part is Part.RISE
    assert [edl.joins[n].kind for n in (places[0] - 1, places[0])] == [JoinKind.DIP] * 2


def test_a_cut_for_feeds_has_the_name_over_its_first_picture_and_others_have_not(edits: Edits) -> None:
    for (_, cut, rate, _), (_, edl) in edits.items():
        first = edl.events[0]
        assert isinstance(first, Clip)
        if CUTS[cut].structure == "feed":
            assert first.title is not None and first.title.words == "The Film"
            assert first.title.end - first.title.start >= rate // 2
        else:
            assert first.title is None
        assert not any(clip.title for _, clip in edl.clips()[1:])


def test_without_a_name_nothing_is_set_and_without_music_nothing_is_struck(analysed: AnalysedFilm) -> None:
    film = analysed.analysis
    edl = edit(film, brief_for(film, "vertical_30", name="", tagline="", music=False))
    assert edl.bed is None and edl.accents == ()
    assert all(clip.title is None for _, clip in edl.clips())
    assert dict(edl.notes)["music"] == "none"


@pytest.mark.parametrize("where", Destination)
def test_the_destination_sets_the_loudness(analysed: AnalysedFilm, where: Destination) -> None:
    film = analysed.analysis
    edl = edit(film, brief_for(film, "teaser_15", destination=where))
    assert edl.target_lufs == {"web": -14.0, "mobile": -16.0, "broadcast": -23.0}[where.value]
    assert edl.peak_dbtp == -1.0


@pytest.mark.parametrize("term", ["action", "colour", "aesthetics"])
def test_what_viewers_taught_moves_the_choice_towards_it(analysed: AnalysedFilm, term: str) -> None:
    """Taught to value a trait ten times as much, trailers show more of it; a hundredth, less."""
    film = reels(analysed.analysis, 2)
    plain = genre("documentary")

    def shown(factor: float) -> float:
        taught = plain.taught({term: factor}, 1.0)
        edls = [edit(film, brief_for(film, "trailer_30", taught, seed=seed, music=False)) for seed in range(2)]
        return float(np.mean([dict(clip.traits)[term] for edl in edls for _, clip in edl.clips()]))

    assert shown(10.0) > shown(0.01)


def test_what_viewers_taught_of_the_pace_makes_shots_longer(analysed: AnalysedFilm) -> None:
    film = analysed.analysis

    def count(pace: float) -> int:
        return len(edit(film, brief_for(film, style=genre("action").taught({}, pace), music=False)).events)

    assert count(1.4) < count(1.0) < count(0.8)


def test_a_trait_that_nothing_is_valued_by_cannot_be_taught() -> None:
    with pytest.raises(ValueError, match="not valued by charm"):
        genre("drama").taught({"charm": 2.0}, 1.0)


def test_the_spoiler_limit_is_the_asked_share_or_the_last_scene_whichever_comes_first(analysed: AnalysedFilm) -> None:
    film, rate = analysed.analysis, Fraction(24)
    last = float(film.column("start_s")[film.column("scene") == film.scene_count - 1].min())
    assert spoiler_frame(film, rate, 0.3) == int(0.3 * int(film.duration_s * 24))
    assert spoiler_frame(film, rate, 1.0) == round(last * 24)
    moments = find_moments(film, rate, genre("drama"), spoiler_limit=0.3)
    assert int(moments.last.max()) <= spoiler_frame(film, rate, 0.3)
    assert len(moments) + sum(moments.left_out.values()) == len(film)


def test_the_stretch_of_a_shot_that_is_shown_is_its_best_by_trying_every_one(analysed: AnalysedFilm) -> None:
    moments = find_moments(analysed.analysis, Fraction(24), genre("action"))
    points = np.arange(len(moments.highlight) * 6) / 6  # one a frame
    curve = moments.highlight[np.minimum(points.astype(int), len(moments.highlight) - 1)]
    for candidate in range(len(moments)):
        length = int(moments.last[candidate] - moments.first[candidate])
        frames = min(24, length)
        worth = [
            float(curve[n : n + frames].sum())
            for n in range(moments.first[candidate], moments.last[candidate] - frames + 1)
        ]
        start, end = moments.window(candidate, frames)
        assert moments.first[candidate] <= start and end <= moments.last[candidate] and end - start == frames
        assert worth[start - int(moments.first[candidate])] >= max(worth) - 0.05


def test_an_edit_that_came_back_unchanged_is_the_same_edit_and_one_of_another_frame_is_another(
    analysed: AnalysedFilm, tmp_path: Path
) -> None:
    edl = edit(analysed.analysis, brief_for(analysed.analysis, "teaser_15", "drama"))
    write_otio(edl, tmp_path / "edit.otio", media="film.mp4")
    first = edl.events[0]
    assert isinstance(first, Clip)

    assert edit_id(read_otio(tmp_path / "edit.otio", edl)) == edit_id(edl)

    assert edl.bed is not None
    counted = replace(edl.bed, beats_s=tuple(np.float64(at + 3e-15) for at in edl.bed.beats_s))
    assert edit_id(replace(edl, bed=counted, sounds=edl.sounds[::-1])) == edit_id(edl)
    elsewhere = replace(edl, target_lufs=-23.0, film=replace(edl.film, name="Another name"))
    assert edit_id(elsewhere) == edit_id(edl)
    moved = replace(edl, events=(replace(first, start=first.start + 1, end=first.end + 1), *edl.events[1:]))
    assert edit_id(moved) != edit_id(edl)
    assert edit_id(replace(edl, notes=(), events=(replace(first, reason="why not"), *edl.events[1:]))) == edit_id(edl)
