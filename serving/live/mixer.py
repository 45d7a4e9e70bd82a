"""Several workers on one film: their pictures are laid over each other, frame by frame and in order.

Where one process makes every part of a look the mix is made inside it, exactly (`ops.style.mixing`). This is for looks
whose parts live apart, a network on a GPU and a grade on any processor. Nobody waits for a straggler: a part whose
frame is late is seen as it was last, and a part that falls behind leaves frames out until it is back in time.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ops.style.conforming import Conformer
from ops.style.stages import Canvas, Effort, Tick
from serving.live.jobs import FramesHead, LookTold
from serving.live.planes import frame_to_planes, planes_to_frame
from serving.live.wire import Busy, Endpoint, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av.video.frame import VideoFrame

__all__ = ["FarVoice", "Mixer", "NearVoice", "Voice"]

_BEHIND = 3
"""Frames that a part may owe before it is given no more: it catches up instead of falling further behind."""

_FIRST_S = 5.0
"""The first frame may take so long: what makes it is built with it."""


class Voice(Protocol):
    """One part of a mix. Called in one thread, with frames in their order; some may be left out."""

    def __call__(self, planes: np.ndarray, tick: Tick) -> np.ndarray:
        """A frame in the part's look: (H·3/2, W) uint8, the planes of `yuv420p`."""
        ...


class NearVoice:
    """A part that this process makes."""

    def __init__(self, styler: Any, canvas: Canvas) -> None:
        self._styler, self._canvas = styler, canvas

    def __call__(self, planes: np.ndarray, tick: Tick) -> np.ndarray:
        """The frame in the part's look."""
        return frame_to_planes(self._styler(planes_to_frame(planes, self._canvas), tick))


class FarVoice:
    """A part that a worker elsewhere makes, one frame a request.

    Args:
        endpoint: The worker.
        stream: Names its memory there.
        look: `Look.to_json` of the part.
        canvas: Of the frames.
        effort: How much work a frame may be.
        edition: Of the look's styles.
    """

    def __init__(
        self, endpoint: Endpoint, stream: str, look: Mapping[str, Any], canvas: Canvas, effort: Effort, *, edition: str
    ) -> None:
        self._endpoint, self._stream, self._look, self._edition = endpoint, stream, dict(look), edition
        self._canvas, self._effort = canvas, effort

    def __call__(self, planes: np.ndarray, tick: Tick) -> np.ndarray:
        """The frame in the part's look.

        Raises:
            Busy: The worker has no room.
            Unreachable: It is gone.
        """
        head = FramesHead(
            stream=self._stream,
            first=tick.frame,
            frames=1,
            width=self._canvas.width,
            height=self._canvas.height,
            rate=str(self._canvas.rate),
            look=LookTold.model_validate(self._look),
            edition=self._edition,
            effort=self._effort.name,  # type: ignore[arg-type]
            cuts=(tick.frame,) if tick.cut else (),
            shot=tick.shot,
        )
        told = head.model_dump_json().encode()
        answer = self._endpoint.ask(
            "POST", "/frames", struct.pack(">I", len(told)) + told + planes.tobytes(), timeout_s=_FIRST_S
        )
        return np.frombuffer(answer.content, dtype=np.uint8).reshape(planes.shape)


class _Part:
    """A voice at work in its own thread, and what it gave last."""

    def __init__(self, weight: float, voice: Voice) -> None:
        self.weight, self._voice = weight, voice
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="voice")
        self._owed: list[tuple[int, Future[np.ndarray]]] = []
        self.last: np.ndarray | None = None
        self.late, self._shot = 0, 0

    def give(self, planes: np.ndarray, tick: Tick) -> None:
        self._take()
        if tick.cut:
            self.last, self._shot = None, tick.frame  # of another shot: the film itself is nearer
        if len(self._owed) < _BEHIND:
            self._owed.append((tick.frame, self._thread.submit(self._voice, planes, tick)))

    def result(self, frame: int, until: float) -> np.ndarray | None:
        """The part's picture of a frame, or its last where that is late; None where there is none yet."""
        due = next((each for number, each in self._owed if number == frame), None)
        if due is not None:
            wait([due], timeout=max(0.0, until - time.monotonic()))
        self.late += due is None or not due.done()
        self._take()
        return self.last

    def _take(self) -> None:
        while self._owed and self._owed[0][1].done():
            number, done = self._owed.pop(0)
            try:
                self.last = done.result() if number >= self._shot else self.last
            except (Busy, Unreachable):
                self.late += 1

    def close(self) -> None:
        near = isinstance(self._voice, NearVoice)  # the next segment's mixer has the same look: one thread at a time
        self._thread.shutdown(wait=near, cancel_futures=True)


class Mixer:
    """Frames to mixed frames, in order. Not for several threads at once.

    Args:
        parts: Weights and voices; what the weights leave of 1 is the film's own.
        canvas: Of the frames.
        deadline_s: How long a frame waits for a part; unset, four frames' time.
    """

    def __init__(
        self, parts: Sequence[tuple[float, Voice]], canvas: Canvas, *, deadline_s: float | None = None
    ) -> None:
        self._parts = [_Part(weight, voice) for weight, voice in parts]
        self._canvas = canvas
        self._conformed = Conformer(canvas.width, canvas.height)
        self._deadline_s = float(4 / canvas.rate) if deadline_s is None else deadline_s
        self._began = False

    @property
    def late(self) -> int:
        """How often a part's frame was late."""
        return sum(part.late for part in self._parts)

    def __call__(self, frame: VideoFrame, tick: Tick) -> VideoFrame:
        """The frame in the mix; of the canvas's size, `yuv420p`, BT.709, limited range."""
        planes = frame_to_planes(self._conformed(frame))
        until = time.monotonic() + (self._deadline_s if self._began else max(_FIRST_S, self._deadline_s))
        self._began = True
        for part in self._parts:
            part.give(planes, tick)
        total = np.zeros(planes.shape, dtype=np.float32)
        rest = 1.0
        for part in self._parts:
            made = part.result(tick.frame, until)
            if made is not None:
                total += np.float32(part.weight) * made
                rest -= part.weight
        if rest > 1e-6:  # also where a part has shown nothing yet
            total += np.float32(rest) * planes
        mixed = planes_to_frame(np.clip(np.rint(total), 0, 255).astype(np.uint8), self._canvas)
        mixed.pts = frame.pts
        if frame.time_base is not None:
            mixed.time_base = frame.time_base
        return mixed

    def close(self) -> None:
        """Let the parts go, once what is made here has finished the frame that it is at."""
        for part in self._parts:
            part.close()
