"""From an edit decision list to an MP4: pieces made side by side, kept by content, and joined without encoding again.

Each piece is one FFmpeg of one thread, so that a machine's cores share the pieces and not the macroblocks of one
picture; what an earlier rendering made is not made again. The sound is made elsewhere and laid beside the pictures as
it is. The file appears under its name when it is whole and counted, not before.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from threading import Lock
from time import monotonic

import av

from ops.errors import MediaError
from ops.media.ffmpeg import ffmpeg_version, run_ffmpeg
from ops.progress import Progress, no_progress
from ops.trailer.cards.card import unset_lines
from ops.trailer.cards.words import unset_titles
from ops.trailer.edl import EditDecisionList
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.encoder import Choice, Encoder, choose_encoder, timescale
from ops.trailer.picture.encoding import check_frames, encode_piece
from ops.trailer.picture.pieces import cut_into_pieces
from ops.trailer.picture.plan import Plan, plan_piece
from ops.trailer.picture.source import FilmSource, open_source

__all__ = ["Rendering", "render_trailer"]

_JOIN_S = 300.0


@dataclass(frozen=True)
class Rendering:
    """How a trailer was made.

    Attributes:
        path: The file.
        frames: Its pictures.
        encoder: What encoded them.
        encoder_why: Why that one, in words; says so where it is not the one that was asked for.
        ffmpeg: Version of FFmpeg.
        pieces: How many pieces it is of.
        reused: How many of them were made before.
        piece_seconds: Wall time of each piece that was made, by the trailer's frame at which it begins.
        seconds: Wall time by stage: "plan", "pieces", "join", "all".
        unset: Words that no typeface of the house can set and that are missing from the picture.
    """

    path: Path
    frames: int
    encoder: Encoder
    encoder_why: str
    ffmpeg: str
    pieces: int
    reused: int
    piece_seconds: dict[int, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    unset: tuple[str, ...] = ()


def render_trailer(
    edl: EditDecisionList,
    film: Path,
    made: Path,
    *,
    pieces: PieceCache,
    sound: Path | Callable[[], Path] | None = None,
    encoder: Encoder = Encoder.AUTO,
    workers: int | None = None,
    progress: Progress = no_progress,
) -> Rendering:
    """Render a trailer's pictures, and lay its sound beside them.

    Args:
        edl: What to render.
        film: The film that it cuts.
        made: The MP4 to be; an existing one is replaced when the new one is whole.
        pieces: Where pieces are kept.
        sound: An MP4 or M4A with the AAC to go with it, copied as it is, or what gives it when the pictures are made;
            None for a silent trailer.
        encoder: What encodes. NVENC that fails on the way gives way to x264 for the whole trailer, and the record
            says so.
        workers: Pieces made at a time; None is one a core.
        progress: Told of the share done of what is not yet there.

    Raises:
        MediaError: The film cannot be decoded where the list says, or what came out is not what was planned.
        SettingsError: The encoder that was asked for does not work here.
        UsageError: The list's grade is unknown.
    """
    began = monotonic()
    source = open_source(film)
    choice = choose_encoder(encoder)
    with pieces.work_folder() as work:
        kitchen = _Kitchen(edl, source, pieces, work, workers=workers or os.cpu_count() or 1, progress=progress)
        planned = kitchen.plan(choice.encoder)
        plan_s = monotonic() - began
        try:
            parts, reused = kitchen.make(planned)
        except _EncoderFailed as failure:
            choice = Choice(Encoder.X264, f"NVENC failed on the way ({failure}), so x264 encoded all of it")
            planned = kitchen.plan(choice.encoder)
            parts, reused = kitchen.make(planned)
        pieces_s = monotonic() - began - plan_s
        _check_alike(parts)
        whole = work / "whole.mp4"
        heard = sound() if callable(sound) else sound
        _join(parts, [plan.piece.frames for plan in planned], edl.rate, whole, sound=heard)
        check_frames(whole, edl.frames, edl.rate)
        _publish(whole, made)
    pieces.shrink()
    total = monotonic() - began
    seconds = {"plan": plan_s, "pieces": pieces_s, "join": total - plan_s - pieces_s, "all": total}
    progress(1.0)
    return Rendering(
        path=made,
        frames=edl.frames,
        encoder=choice.encoder,
        encoder_why=choice.why,
        ffmpeg=ffmpeg_version(),
        pieces=len(planned),
        reused=reused,
        piece_seconds=kitchen.piece_seconds,
        seconds=seconds,
        unset=(*unset_lines(edl), *unset_titles(edl)),
    )


class _EncoderFailed(Exception):
    """NVENC failed on a piece that x264 could make."""


class _Kitchen:
    """Makes the pieces of one trailer."""

    def __init__(
        self,
        edl: EditDecisionList,
        source: FilmSource,
        cache: PieceCache,
        work: Path,
        *,
        workers: int,
        progress: Progress,
    ) -> None:
        self._edl, self._source, self._cache, self._work = edl, source, cache, work
        self._workers, self._progress = workers, progress
        self._lock, self._done, self._most = Lock(), {}, 0.0
        self.piece_seconds: dict[int, float] = {}

    def plan(self, encoder: Encoder) -> list[Plan]:
        return [plan_piece(piece, self._edl, self._source, encoder) for piece in cut_into_pieces(self._edl)]

    def make(self, plans: Sequence[Plan]) -> tuple[list[Path], int]:
        """The files of the pieces in order, and how many pieces were there before."""
        paths = {plan.key: self._work / f"{plan.key}.mp4" for plan in plans}
        missing = {plan.key: plan for plan in plans if not self._held(plan, paths[plan.key])}
        total = sum(plan.piece.frames for plan in missing.values())
        # the long ones first, so that no core waits for one that began last
        order = sorted(missing.values(), key=lambda plan: -_weight(plan))
        self._all_at_once([lambda plan=plan: self._one(plan, paths[plan.key], total) for plan in order])
        return [paths[plan.key] for plan in plans], sum(plan.key not in missing for plan in plans)

    def _held(self, plan: Plan, path: Path) -> bool:
        """Whether the piece was made before, and is whole."""
        if not self._cache.take(plan.key, path):
            return False
        try:
            check_frames(path, plan.piece.frames, plan.rate)
        except MediaError:
            path.unlink(missing_ok=True)
            return False
        return True

    def _one(self, plan: Plan, path: Path, total: int) -> None:
        began = monotonic()
        report = self._share_of(plan, total)
        made = path.with_name(f"{path.stem}-making.mp4")
        try:
            encode_piece(plan, self._source, made, self._work, progress=report)
        except MediaError as error:
            if plan.encoder is not Encoder.NVENC:
                raise
            spare = plan_piece(plan.piece, self._edl, self._source, Encoder.X264)
            encode_piece(spare, self._source, made, self._work, progress=report)
            raise _EncoderFailed(error.what) from error
        self._cache.keep(plan.key, made)
        made.replace(path)
        for left in self._work.glob(f"{made.stem}-*"):
            left.unlink()
        self.piece_seconds[plan.piece.at] = monotonic() - began

    def _share_of(self, plan: Plan, total: int) -> Progress:
        def report(fraction: float) -> None:
            with self._lock:
                self._done[plan.key] = fraction * plan.piece.frames
                share = 0.98 * min(1.0, sum(self._done.values()) / max(1, total))
                self._most = max(self._most, share)
                self._progress(self._most)

        return report

    def _all_at_once(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Run all; the first failure stops what has not begun, and is raised."""
        with ThreadPoolExecutor(self._workers, thread_name_prefix="piece") as pool:
            futures: list[Future[None]] = [pool.submit(job) for job in jobs]
            done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
            for future in waiting:
                future.cancel()
            for future in done:
                future.result()


def _weight(plan: Plan) -> float:
    """About how long a piece takes: drawn frames cost several filmed ones."""
    drawn = any(layer.inputs and not hasattr(layer.inputs[0], "end") for layer in plan.layers)
    return plan.piece.frames * (3.0 if drawn else float(len(plan.layers)))


def _check_alike(parts: Sequence[Path]) -> None:
    """See that all pieces have the same headers: a joined file has those of the first one alone.

    Raises:
        MediaError: They differ, so that a player would decode some of them wrongly.
    """
    headers = set()
    for part in dict.fromkeys(parts):
        with av.open(f"file:{part.absolute()}") as container:
            headers.add(bytes(container.streams.video[0].codec_context.extradata or b""))
    if len(headers) > 1:
        raise MediaError(
            f"the pieces were encoded in {len(headers)} ways",
            where=parts[0].parent,
            fix="Empty the folder of pieces and render again.",
        )


def _join(parts: Sequence[Path], frames: Sequence[int], rate: Fraction, whole: Path, *, sound: Path | None) -> None:
    """Put the pieces one behind the other, and the sound beside them, all copied."""
    listing = whole.with_name("pieces.txt")
    lines = [
        f"file '{part.name}'\nduration {float(count / rate):.6f}\n" for part, count in zip(parts, frames, strict=True)
    ]
    listing.write_text("".join(lines), encoding="utf-8")
    args: list[str | Path] = ["-f", "concat", "-i", listing]
    if sound is not None:
        args += ["-i", sound, "-map", "0:v", "-map", "1:a:0"]
    clock = timescale(rate)
    tick = int(clock / rate)
    # the demuxer adds up lengths in microseconds: each picture back to its exact place on the clock
    places = ":".join(f"{key}=round({key.upper()}/{tick})*{tick}" for key in ("pts", "dts", "duration"))
    args += ["-c", "copy", "-bsf:v", f"setts={places}", "-map_metadata", "-1", "-fflags", "+bitexact"]
    args += ["-video_track_timescale", str(clock), "-movie_timescale", str(clock), "-movflags", "+faststart"]
    run_ffmpeg([*args, "-f", "mp4", whole], timeout_s=_JOIN_S)


def _publish(whole: Path, made: Path) -> None:
    """Put the file under its name, in one step, from whichever disk."""
    beside = made.with_name(f".{made.name}.unfinished")
    try:
        shutil.copyfile(whole, beside)
        beside.replace(made)
    except OSError as error:
        raise MediaError(
            f"the trailer cannot be written ({error.strerror})", where=made, fix="Check the disk."
        ) from error
    finally:
        beside.unlink(missing_ok=True)
