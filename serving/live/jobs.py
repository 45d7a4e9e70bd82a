"""What workers are asked for: values at the edge between serving and its workers, checked on both sides."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.live.quality import STEPS

__all__ = ["FilmJob", "FramesHead", "Master", "PictureJob", "SoundJob"]

_Side = Annotated[int, Field(ge=2, le=8192, multiple_of=2)]
_Rate = Annotated[str, Field(pattern=r"^[1-9]\d{0,9}(/[1-9]\d{0,9})?$")]
_Effort = Literal["FULL", "REDUCED", "LEAST"]


class _Job(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Master(_Job):
    """A film to read: where it lies, and which one it is."""

    title: str = Field(max_length=63)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    uri: str = Field(max_length=4096)
    size_bytes: int = Field(ge=1)


class FilmJob(_Job):
    """What is there to stream?"""

    master: Master


class PictureJob(_Job):
    """The pictures of one segment, in a look."""

    master: Master
    film: dict[str, Any] = Field(description="`Film.to_json`, so that the worker need not look again.")
    number: int = Field(ge=0, description="The segment.")
    rung: str = Field(max_length=8)
    look: dict[str, Any] | None = Field(description="`Look.to_json`; None is the film as it is.")
    step: int = Field(ge=0, lt=len(STEPS), description="Quality to make it at; the worker may go lower.")
    cuts: tuple[int, ...] = Field(default=(), max_length=10_000, description="Frames of the segment with a new shot.")
    deadline_s: float = Field(default=30.0, gt=0, le=600, description="Later than this, nobody waits for it.")


class SoundJob(_Job):
    """The sound of one segment."""

    master: Master
    film: dict[str, Any]
    number: int = Field(ge=0)


class FramesHead(_Job):
    """What stands before raw frames: planes of `yuv420p`, BT.709, limited range, one frame after the other."""

    stream: str = Field(min_length=1, max_length=80, description="Whose frames: each stream has a memory of its own.")
    first: int = Field(ge=0, description="The first frame's number in the film.")
    frames: int = Field(ge=1, le=120)
    width: _Side
    height: _Side
    rate: _Rate
    look: dict[str, Any]
    effort: _Effort = "FULL"
    cuts: tuple[int, ...] = Field(default=(), max_length=120)

    @property
    def frame_bytes(self) -> int:
        """Size of one frame."""
        return self.width * self.height * 3 // 2
