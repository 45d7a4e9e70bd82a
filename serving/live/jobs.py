"""What workers are asked for: values at the edge between serving and its workers, checked on both sides."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.live.quality import STEPS

__all__ = ["FilmJob", "FramesHead", "Helper", "LookTold", "Master", "PictureJob", "SoundJob"]

_Side = Annotated[int, Field(ge=2, le=8192, multiple_of=2)]
_Rate = Annotated[str, Field(pattern=r"^[1-9]\d{0,9}(/[1-9]\d{0,9})?$")]
_Share = Annotated[float, Field(ge=0, le=1)]
_Edition = Annotated[
    str, Field(max_length=40, description="Changes when a style of the look is published anew: looks are built anew.")
]
_Effort = Literal["FULL", "REDUCED", "LEAST"]


class _Job(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Master(_Job):
    """A film to read: where it lies, and which one it is."""

    title: str = Field(max_length=63)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    uri: str = Field(max_length=4096)
    size_bytes: int = Field(ge=1)


class PartTold(_Job):
    """One recipe of a look, as `Look.to_json` writes it."""

    style: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    values: dict[str, float] = Field(default={}, max_length=64)
    strength: float = 1.0
    seed: int = 0
    weight: float = 1.0


class LookTold(_Job):
    """A look, as `Look.to_json` writes it; what it may hold is checked against the styles there are."""

    parts: tuple[PartTold, ...] = Field(max_length=4)

    @property
    def styles(self) -> list[str]:
        """The ids of its styles."""
        return sorted({part.style for part in self.parts})


class FilmJob(_Job):
    """What is there to stream?"""

    master: Master


class Helper(_Job):
    """Another worker that makes a part of a look."""

    address: str = Field(pattern="^(http://|unix:)", max_length=300)
    weight: float = Field(gt=0, le=1)
    look: LookTold


class PictureJob(_Job):
    """The pictures of one segment, in a look."""

    master: Master
    film: dict[str, Any] = Field(description="`Film.to_json`, so that the worker need not look again.")
    number: int = Field(ge=0, description="The segment.")
    rung: str = Field(max_length=8)
    look: LookTold | None = Field(description="None is the film as it is.")
    helpers: tuple[Helper, ...] = Field(
        default=(), max_length=4, description="Who makes the other parts of it; `look` has what they leave of 1."
    )
    edition: _Edition = ""
    step: int = Field(ge=0, lt=len(STEPS), description="Quality to make it at; the worker may go lower.")
    cuts: tuple[int, ...] = Field(
        default=(), max_length=10_000, description="Frames with which the shots begin that the segment shows."
    )
    picture: tuple[_Share, _Share, _Share, _Share] = Field(
        default=(0, 0, 1, 1), description="What is inside the film's bars: left, top, width, height."
    )
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
    look: LookTold
    edition: _Edition = ""
    effort: _Effort = "FULL"
    cuts: tuple[int, ...] = Field(default=(), max_length=120)
    shot: int = Field(default=0, ge=0, description="The first frame of the shot that the first frame is in.")

    @property
    def frame_bytes(self) -> int:
        """Size of one frame."""
        return self.width * self.height * 3 // 2
