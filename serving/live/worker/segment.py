"""A segment's pictures: decoded, put into a look and encoded, each in a thread of its own.

FFmpeg lets go of the interpreter while it works, so that three threads of one process use the cores as three programs
would, and no frame crosses a socket.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

from av.video.reformatter import Interpolation

from ops.ladder.rungs import Rung
from ops.style.conforming import Conformer
from ops.style.stages import Tick
from serving.live.film import Film, Piece
from serving.live.fragments import PICTURES, fragment
from serving.live.worker.encoding import PictureEncoder, samples_of
from serving.live.worker.reading import Cursor

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["WARM_FRAMES", "FrameMaker", "Segment", "make_segment"]

WARM_FRAMES = 6
"""Frames that a look with a memory is shown before a segment that it did not see the one before of: what is left of a
first frame after them is 0.7⁶, an eighth, in a paint, and 0.8⁶, a quarter, in a network."""

_DEPTH = 4
"""Frames that wait between two threads: more only cost memory."""


class FrameMaker(Protocol):
    """Puts frames into a look: the bench's `Memory` of one, or a mixer of several workers. It knows itself which frame
    it saw last, and forgets that where another than the next one comes."""

    def __call__(self, frame: VideoFrame, tick: Tick) -> VideoFrame:
        """The frame in the look, in the size and colours of the canvas."""
        ...


@dataclass(frozen=True)
class Segment:
    """A finished segment.

    Attributes:
        content: The fragment.
        frames: How many pictures.
        seconds: What it took.
    """

    content: bytes
    frames: int
    seconds: float


def make_segment(
    cursor: Cursor,
    film: Film,
    piece: Piece,
    rung: Rung,
    maker: FrameMaker | None,
    *,
    warm: bool = False,
    cuts: frozenset[int] = frozenset(),
    beat: Callable[[], None] = lambda: None,
) -> Segment:
    """Make the pictures of a segment.

    Args:
        cursor: The film's frames.
        film: The film.
        piece: Which segment.
        rung: The size of what comes out.
        maker: The look; None is the film as it is.
        warm: Show the look some frames from before the segment first.
        cuts: Frames with which a new shot begins; the one before the segment among them.
        beat: Called with every frame: somebody watches whether this gets on.

    Raises:
        MediaError: The film cannot be read.
    """
    began = time.perf_counter()
    first = max(0, piece.start - WARM_FRAMES) if warm and piece.start not in cuts else piece.start
    encoder = PictureEncoder(rung, film)
    delivered = Conformer(rung.width, rung.height, Interpolation.BICUBIC)
    packets: list[tuple[int, bytes, bool]] = []

    def styled() -> Iterator[VideoFrame]:
        for number, frame in _ahead(cursor.frames(first, piece.end)):
            beat()
            shot = max((cut for cut in cuts if cut <= number), default=0)
            made = frame if maker is None else maker(frame, Tick(number, number in cuts, shot))
            if number >= piece.start:
                made = delivered(made)
                made.pts, made.time_base = film.tick(number), Fraction(1, film.timescale)
                yield made

    for frame in _ahead(styled()):
        frame.pict_type = 0
        packets.extend(encoder(frame))
    packets.extend(encoder(None))
    content = fragment(PICTURES, piece.number + 1, piece.start_tick, samples_of(packets, piece.end_tick))
    return Segment(content, len(packets), time.perf_counter() - began)


class _End:
    """What a thread leaves behind when it is done: an error, or nothing."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def _ahead(source: Iterator[Any]) -> Iterator[Any]:
    """The same, made ahead in a thread of its own, which ends with whoever takes from it."""
    waiting: queue.Queue[Any] = queue.Queue(_DEPTH)
    over = threading.Event()

    def put(each: object) -> bool:
        while not over.is_set():
            try:
                waiting.put(each, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        error = None
        try:
            for each in source:
                if not put(each):
                    break
        except BaseException as caught:  # noqa: BLE001  (it is raised again where it is waited for)
            error = caught
        put(_End(error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(over.set)
        while True:
            each = waiting.get()
            if isinstance(each, _End):
                if each.error is not None:
                    raise each.error
                return
            yield each
