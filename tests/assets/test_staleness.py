"""What the ledger's rows alone say of a title."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.artifact import Artifact, keyed
from assets.making import MASTER
from assets.staleness import Verdict, judge, with_upstream
from resources.ledger import LedgerState, Standing, input_hash

HOUSE = keyed(
    (
        Artifact("source_video", (), "1", engine="a"),
        Artifact("shots", ("source_video",), "1", engine="b"),
        Artifact("audio_track", ("source_video",), "1", engine="c"),
        Artifact("audio_features", ("audio_track",), "1", engine="d"),
        Artifact("keyframes", ("shots",), "1", engine="e"),
    )
)
FILM = "f" * 64


def fresh_rows(master: str = FILM) -> dict[str, Standing]:
    """The rows of a title of which everything was made from this master."""
    rows: dict[str, Standing] = {}
    for artifact in HOUSE.values():
        inputs = {name: rows[name].data_version or "" for name in artifact.upstream} or {MASTER: master}
        made_of = input_hash(inputs, code_version=artifact.code_version, engine=artifact.engine)
        rows[artifact.asset] = standing(LedgerState.READY, made_of, f"data of {artifact.asset} of {master}")
    return rows


def standing(state: LedgerState, made_of: str | None, data: str | None, tried: str | None = None) -> Standing:
    return Standing(
        state=state,
        input_hash=made_of,
        code_version="1",
        data_version=data,
        tried_hash=tried or made_of,
        failures=1 if state is LedgerState.FAILED else 0,
        started_at=None,
    )


def test_a_title_made_from_its_current_master_is_fresh_throughout():
    assert set(judge(HOUSE, fresh_rows(), FILM).values()) == {Verdict.FRESH}


def test_a_title_of_which_nothing_was_made_waits_for_its_first_artifact():
    verdicts = judge(HOUSE, {}, FILM)
    assert verdicts["source_video"] is Verdict.MISSING
    assert {verdicts[asset] for asset in HOUSE if asset != "source_video"} == {Verdict.UPSTREAM}


def test_a_new_master_makes_the_first_artifact_stale_and_the_rest_wait_for_it():
    verdicts = judge(HOUSE, fresh_rows(), "e" * 64)
    assert verdicts["source_video"] is Verdict.STALE
    assert verdicts["keyframes"] is Verdict.UPSTREAM


def test_an_upstream_that_was_made_again_with_the_same_result_leaves_everything_after_it_fresh():
    rows = fresh_rows()
    rows["shots"] = rows["shots"]._replace(code_version="made again")
    assert judge(HOUSE, rows, FILM)["keyframes"] is Verdict.FRESH


def test_an_upstream_with_another_result_makes_what_is_made_from_it_stale():
    rows = fresh_rows()
    rows["shots"] = rows["shots"]._replace(data_version="other cuts")
    verdicts = judge(HOUSE, rows, FILM)
    assert (verdicts["keyframes"], verdicts["audio_features"]) == (Verdict.STALE, Verdict.FRESH)


def test_raising_a_code_version_makes_the_artifact_stale():
    newer = {**HOUSE, "shots": Artifact("shots", ("source_video",), "2", engine="b")}
    assert judge(newer, fresh_rows(), FILM)["shots"] is Verdict.STALE


def test_a_silent_film_needs_no_sound_and_nothing_made_from_sound():
    rows = fresh_rows()
    rows["audio_track"] = rows["audio_track"]._replace(state=LedgerState.SKIPPED, data_version=None)
    del rows["audio_features"]
    verdicts = judge(HOUSE, rows, FILM)
    assert verdicts["audio_track"] is verdicts["audio_features"] is Verdict.NOT_APPLICABLE


def test_what_failed_or_was_held_is_told_apart_from_what_has_not_been_tried_with_todays_input():
    rows = fresh_rows()
    tried = rows["shots"].input_hash
    rows["shots"] = standing(LedgerState.FAILED, "older input", "older cuts", tried=tried)
    assert judge(HOUSE, rows, FILM)["shots"] is Verdict.FAILED
    rows["shots"] = standing(LedgerState.HELD, "older input", "older cuts", tried=tried)
    assert judge(HOUSE, rows, FILM)["shots"] is Verdict.HELD
    rows["shots"] = standing(LedgerState.FAILED, "older input", "older cuts", tried="yesterday's input")
    assert judge(HOUSE, rows, FILM)["shots"] is Verdict.STALE


def test_an_artifact_whose_making_was_never_finished_is_made_again():
    rows = fresh_rows()
    rows["keyframes"] = rows["keyframes"]._replace(state=LedgerState.MAKING)
    assert judge(HOUSE, rows, FILM)["keyframes"] is Verdict.STALE


@given(st.sets(st.sampled_from(list(HOUSE)), min_size=1))
def test_a_selection_with_its_upstreams_is_closed_and_in_the_order_of_making(wanted: set[str]):
    selected = with_upstream(HOUSE, wanted)
    assert wanted <= set(selected)
    for place, asset in enumerate(selected):
        assert set(HOUSE[asset].upstream) <= set(selected[:place])
