"""What a quality ladder must hold before players are led to it: its rungs, its segments, its manifests."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from assets.checks.expectations import LARGEST, between, equal, extreme, number, one_of, rows
from assets.checks.model import Check, Column, Derived, Kind, Promise, Row, Suite

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LADDER_PROMISES", "ladder_manifests_suite", "ladder_segments_suite", "ladder_suite"]

TOLERANCE = 3.0
"""As `ops.ladder.choice` has it (a test holds them equal): that module loads numpy, which definitions must not wait
for."""

HIGHEST_LEVEL = 42
"""H.264 level 4.2: what every phone and television of the last ten years decodes (Apple's authoring specification)."""

LONGEST_S = 2.5
"""Seconds that HLS rounds to its target of 2."""

OVER_CAP = 1.3
"""What a segment may take over its rung's cap: the cap is on any two seconds of the encoder's buffer, which may have
saved up before, and the container's own bytes come on top."""

_WHOLE = Promise("ladder_table_whole", "Every rung was read back and measured in full.", True)
_PRESENT = Promise("ladder_rungs_present", "Every planned rung is there, or was left out for a reason told.", True)
_WITHIN = Promise("ladder_within_source", "No rung is larger than the film, and the top is as large as may be.", True)
_SHAPE = Promise("ladder_shape_kept", "Every rung has the film's shape to the nearest even pixel.", True)
_TARGET = Promise(
    "ladder_vmaf_on_target", f"Each rung's VMAF is within {TOLERANCE:g} of its target, or said why.", True
)
_CODEC = Promise("ladder_codecs_conform", "Every rung is H.264 High, level 4.2 at most.", True)
_CAP = Promise("ladder_rate_capped", f"No rung's peak is over {OVER_CAP} times its cap.", True)
_APART = Promise("ladder_rungs_apart", "Neighbours are 6 VMAF apart or more.", False)

_SEGMENTS_WHOLE = Promise("ladder_segments_table_whole", "Every segment was read back.", True)
_ALIGNED = Promise(
    "ladder_keyframes_aligned", "Segments begin with a key frame, at the same frame in every rung.", True
)
_CLOSED = Promise("ladder_key_frames_regular", "There is no key frame but at a segment's start.", True)
_SHORT = Promise("ladder_segments_short", f"No segment is longer than {LONGEST_S} s.", True)

_MANIFESTS_WHOLE = Promise("ladder_manifests_table_whole", "Every manifest was read by a player's reader.", True)
_PARSES = Promise("ladder_manifests_parse", "HLS and DASH lead a reader to every rung and sound.", True)
_FRAMES = Promise("ladder_frames_complete", "Behind every manifest each rung has all of the film's frames.", True)
_SOUND = Promise("ladder_sound_as_source", "There is sound exactly where the film has it.", True)

LADDER_PROMISES = (
    *(_WHOLE, _PRESENT, _WITHIN, _SHAPE, _TARGET, _CODEC, _CAP, _APART),
    *(_SEGMENTS_WHOLE, _ALIGNED, _CLOSED, _SHORT),
    *(_MANIFESTS_WHOLE, _PARSES, _FRAMES, _SOUND),
)

_RUNG = (
    *("width", "height", "crf", "max_rate", "ceiling_vmaf", "target_vmaf", "predicted_vmaf", "vmaf"),
    *("average_rate", "peak_rate"),
)


def ladder_suite(source_size: tuple[int, int], planned: Collection[str], dropped: Collection[str]) -> Suite:
    """The checks of `Ladder.table()`.

    Args:
        source_size: Width and height of the film.
        planned: The names of the rungs that a film of this size can have.
        dropped: Those that were left out, each with its reason told.
    """
    width, height = source_size
    expected = len(planned) - len(dropped)
    top = min(min(width, height) // 2 * 2, 1080)

    def count(row: Row) -> str:
        return f"there are {number(row['observed'])} rungs, {expected} of {', '.join(planned)} were to be made"

    def off_shape(table: pd.DataFrame) -> Any:
        """How far the longer side is from the film's shape, in pixels; rounding to even takes one at most."""
        shorter, longer = table[["width", "height"]].min(axis=1), table[["width", "height"]].max(axis=1)
        turned = (table["width"] >= table["height"]) != (width >= height)
        off = (longer - shorter * max(width, height) / min(width, height)).abs()
        return off.where(~turned | (table["width"] == table["height"]), LARGEST)

    def small_top(row: Row) -> str:
        return f"the largest rung has {number(row['observed'])} lines, the film allows {top}"

    return Suite(
        row="rung",
        key="rung",
        columns=(
            Column("rung", Kind.TEXT),
            Column("codec", Kind.TEXT),
            Column("why_off", Kind.TEXT),
            *(Column(name, Kind.NUMBER) for name in _RUNG),
        ),
        whole=_WHOLE,
        derived=(
            Derived("lines", ("width", "height"), lambda t: t[["width", "height"]].min(axis=1)),
            Derived("off_shape", ("width", "height"), off_shape),
            Derived(
                "off_target",
                ("vmaf", "target_vmaf", "why_off"),
                lambda t: (t["vmaf"] - t["target_vmaf"]).where(t["why_off"] == "", 0.0),
            ),
            Derived("profile", ("codec",), lambda t: t["codec"].str.slice(0, 7)),
            Derived("level", ("codec",), lambda t: t["codec"].str.slice(9, 11).map(_hexadecimal)),
            Derived("over_cap", ("peak_rate", "max_rate"), lambda t: t["peak_rate"] / t["max_rate"]),
            Derived("gain", ("vmaf",), lambda t: t["vmaf"] - t["vmaf"].shift(-1)),
        ),
        checks=(
            Check(_PRESENT, (rows(expected, expected, count), one_of("rung", sorted({*planned} - {*dropped})))),
            Check(
                _WITHIN,
                (
                    between("width", 2, width, unit=" pixels"),
                    between("height", 2, height, unit=" pixels"),
                    extreme("lines", smallest=False, is_=top, says=small_top),
                ),
            ),
            Check(_SHAPE, (between("off_shape", 0, 1.01, what="a longer side off by", unit=" pixels"),)),
            Check(_TARGET, (between("vmaf", 0, 100), between("off_target", -TOLERANCE, TOLERANCE, says=_off_target))),
            Check(_CODEC, (one_of("profile", ("avc1.64",), what="codec"), between("level", 10, HIGHEST_LEVEL))),
            Check(_CAP, (between("over_cap", 0, OVER_CAP, what="a peak over its cap of"),)),
            Check(_APART, (between("gain", 6, None, what="a VMAF over the next rung of"),)),
        ),
    )


def _hexadecimal(text: str) -> float:
    try:
        return float(int(text, 16))
    except ValueError:
        return -1.0


def _off_target(row: Row) -> str:
    return f"{row['name']} has VMAF {row['vmaf']:.1f}, its target is {row['target_vmaf']:.1f}, and nothing explains it"


def ladder_segments_suite() -> Suite:
    """The checks of `Ladder.segments_table()`."""
    return Suite(
        row="segment",
        key="segment",
        columns=(
            Column("segment", Kind.TEXT),
            Column("rung", Kind.TEXT),
            Column("starts_with_key", Kind.FLAG),
            *(Column(name, Kind.WHOLE) for name in ("frames", "keys_inside", "lacking")),
            *(Column(name, Kind.NUMBER) for name in ("off_top_frames", "off_grid_frames", "duration_s")),
        ),
        whole=_SEGMENTS_WHOLE,
        checks=(
            Check(
                _ALIGNED,
                (
                    one_of("starts_with_key", (True,)),
                    between("off_top_frames", 0, 0, says=_shifted),
                    between("off_grid_frames", 0, 0, says=_between_frames),
                    between("lacking", 0, 0, says=_lacking),
                ),
            ),
            Check(_CLOSED, (between("keys_inside", 0, 0, what="key frames inside"),)),
            Check(_SHORT, (between("duration_s", 0, LONGEST_S, what="a length of", unit=" s"),)),
        ),
    )


def _shifted(row: Row) -> str:
    return f"{row['name']} begins {number(row['off_top_frames'])} frames off the same segment of the top rung"


def _between_frames(row: Row) -> str:
    return f"{row['name']} begins between two frames"


def _lacking(row: Row) -> str:
    return f"the rung of {row['name']} has {number(row['lacking'])} segments fewer than the top rung"


def ladder_manifests_suite() -> Suite:
    """The checks of `read_back`'s table."""
    counted = ("rungs", "rungs_expected", "fewest_frames", "most_frames", "frames_expected", "sounds")

    return Suite(
        row="manifest",
        key="manifest",
        columns=(
            Column("manifest", Kind.TEXT),
            Column("trouble", Kind.TEXT),
            Column("parses", Kind.FLAG),
            Column("source_has_sound", Kind.FLAG),
            *(Column(name, Kind.WHOLE) for name in (*counted, "sounds_expected")),
        ),
        whole=_MANIFESTS_WHOLE,
        derived=(
            Derived("has_sound", ("sounds",), lambda t: (t["sounds"] > 0).astype(int)),
            Derived("wants_sound", ("source_has_sound",), lambda t: t["source_has_sound"].astype(int)),
        ),
        checks=(
            Check(
                _PARSES,
                (
                    one_of("parses", (True,)),
                    equal("rungs", "rungs_expected", _other("rungs")),
                    equal("sounds", "sounds_expected", _other("sounds")),
                ),
            ),
            Check(
                _FRAMES,
                (
                    equal("fewest_frames", "frames_expected", _incomplete),
                    equal("most_frames", "frames_expected", _incomplete),
                ),
            ),
            Check(_SOUND, (equal("has_sound", "wants_sound", _sound),)),
        ),
    )


def _other(what: str) -> Any:
    def says(row: Row) -> str:
        return f"{row['name']} leads to {number(row[what])} {what}, {number(row[f'{what}_expected'])} were made"

    return says


def _incomplete(row: Row) -> str:
    found, expected = (number(row["fewest_frames"]), number(row["most_frames"])), number(row["frames_expected"])
    return f"behind {row['name']} rungs have {found[0]} to {found[1]} frames, the film has {expected}"


def _sound(row: Row) -> str:
    return (
        f"{row['name']} leads to {number(row['sounds'])} sounds; the film has {'one' if row['wants_sound'] else 'none'}"
    )
