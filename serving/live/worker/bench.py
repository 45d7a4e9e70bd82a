"""What a worker keeps between two tasks: films open where they were left, looks built and with their memory."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from uuid import uuid4

from ops.box import WHOLE, Box
from ops.ladder.rungs import Rung
from ops.style.model import Family, look_from_json
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Effort, Layer, Tick, stage_kind
from serving.live.film import Film, Piece
from serving.live.jobs import Helper, Master
from serving.live.mixer import FarVoice, Mixer, NearVoice
from serving.live.quality import STEPS
from serving.live.wire import Endpoint
from serving.live.worker.reading import Cursor
from serving.live.worker.segment import FrameMaker, Segment, make_segment

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from ops.style.model import Style

__all__ = ["Bench", "Memory"]

_FILMS, _LOOKS = 4, 6
"""Kept at most: a film open costs its decoder's pictures (30 MB at 1080p), a look with a network 100 MB."""


class _Closable(Protocol):
    def close(self) -> None: ...


_K = TypeVar("_K")
_V = TypeVar("_V", bound=_Closable)


class _Kept(Generic[_K, _V]):
    """The last things used, by key; what makes room is closed."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[_K, _V] = OrderedDict()

    def take(self, key: _K, make: Callable[[], _V]) -> _V:
        """The thing of a key, made where there is none."""
        if key not in self._held:
            self._held[key] = make()
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)[1].close()
        return self._held[key]

    def drop(self, key: _K) -> None:
        """Forget one: what it remembers may be wrong."""
        gone = self._held.pop(key, None)
        if gone is not None:
            with suppress(Exception):
                gone.close()

    def clear(self) -> None:
        """Forget all."""
        for key in list(self._held):
            self.drop(key)


@dataclass
class Memory:
    """A look at work, and which frame it expects next: with another one it begins anew.

    Attributes:
        styler: The look.
        next_frame: The one that it expects.
        name: No other has it: whoever helps with the rest of the look keeps a memory for each.
    """

    styler: Styler
    next_frame: int = -1
    name: str = field(default_factory=lambda: uuid4().hex)

    def __call__(self, frame: VideoFrame, tick: Tick) -> VideoFrame:
        """The frame in the look."""
        follows = tick.frame == self.next_frame
        made = self.styler(frame, tick if follows else replace(tick, cut=True))
        self.next_frame = tick.frame + 1
        return made

    def close(self) -> None:
        """Let go of the look."""
        self.styler.close()


class Bench:
    """Does a worker's tasks, one at a time.

    Args:
        library: Gives the styles as they are now: people make new ones while a worker runs.
    """

    def __init__(self, library: Callable[[Mapping[str, Any]], Mapping[str, Style]]) -> None:
        self._library = library
        self._films: _Kept[tuple[str, Path], Cursor] = _Kept(_FILMS)
        self._looks: _Kept[tuple[Any, ...], Memory] = _Kept(_LOOKS)
        self._tidy = threading.Lock()

    def pictures(
        self,
        path: Path,
        master: Master,
        film: Film,
        *,
        piece: Piece,
        rung: Rung,
        look: Mapping[str, Any] | None,
        helpers: Sequence[Helper] = (),
        edition: str = "",
        step: int,
        cuts: frozenset[int],
        picture: Box,
        beat: Callable[[], None],
    ) -> Segment:
        """Make a segment's pictures.

        Args:
            path: The film's file.
            master: Which film it is.
            film: What is known of it.
            piece: Which segment.
            rung: The size of what comes out.
            look: Of this worker; None is the film as it is.
            helpers: Who makes the rest of the look.
            edition: Of the look's styles: one that was published anew is another.
            step: Quality.
            cuts: Frames with which shots begin.
            picture: What is inside the film's bars.
            beat: Called with every frame.

        Raises:
            MediaError: The film cannot be read.
            UsageError: The look cannot be made.
            ModelUnavailable: A style's network is not here.
        """
        making: AbstractContextManager[FrameMaker | None] = nullcontext()
        warm, key = False, (master.sha256, look and _text(look), edition, rung, step, picture)
        if look is not None:
            working, effort = STEPS[step].working(rung), STEPS[step].effort
            canvas = Canvas(*working, film.rate)
            memory = self._look(key, look, canvas, effort, picture)
            parts = (look, *(each.look.model_dump() for each in helpers))
            warm = memory.next_frame != piece.start and any(self._remembers(part) for part in parts)
            making = _together(memory, helpers, canvas, effort, edition)
        cursor = self._films.take((master.sha256, path), lambda: Cursor(path, film))
        try:
            with making as maker:
                return make_segment(cursor, film, piece, rung, maker, warm=warm, cuts=cuts, beat=beat)
        except BaseException:  # what broke off may be in any state
            self._films.drop((master.sha256, path))
            self._looks.drop(key)
            raise

    def frames(self, stream: str, look: Mapping[str, Any], canvas: Canvas, effort: Effort, edition: str = "") -> Memory:
        """The look of a stream of raw frames, with its memory."""
        return self._look(("frames", stream, _text(look), edition, canvas, effort), look, canvas, effort)

    def release(self) -> None:
        """Let go of everything that is only kept for later; nothing may be at work."""
        with self._tidy:
            self._films.clear()
            self._looks.clear()

    def _look(
        self, key: tuple[Any, ...], told: Mapping[str, Any], canvas: Canvas, effort: Effort, picture: Box = WHOLE
    ) -> Memory:
        def make() -> Memory:
            library = self._library(told)
            return Memory(Styler(look_from_json(told, library), library, canvas, effort=effort, picture=picture))

        return self._looks.take(key, make)

    def _remembers(self, told: Mapping[str, Any]) -> bool:
        """Whether a look needs frames from before: paints follow the motion, the rest goes by a frame's number."""
        library = self._library(told)
        styles = [library[part["style"]] for part in told["parts"] if part["style"] in library]
        return any(
            style.family in (Family.FILTER, Family.NEURAL)
            or any(stage_kind(stage.op).layer is Layer.PAINT for stage in style.stages)
            for style in styles
        )


@contextmanager
def _together(
    own: Memory, helpers: Sequence[Helper], canvas: Canvas, effort: Effort, edition: str
) -> Iterator[FrameMaker]:
    """A look of this worker alone, or its part of one together with those of others."""
    if not helpers:
        yield own
        return
    far = [
        (
            each.weight,
            FarVoice(Endpoint(each.address), own.name, each.look.model_dump(), canvas, effort, edition=edition),
        )
        for each in helpers
    ]
    left = 1.0 - sum(weight for weight, _ in far)
    with closing(Mixer([(left, NearVoice(own, canvas)), *far], canvas)) as mixer:
        yield mixer


def _text(look: Mapping[str, Any]) -> str:
    return json.dumps(look, sort_keys=True)
