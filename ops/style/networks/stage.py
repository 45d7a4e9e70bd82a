"""The operation "network": a film painted by a style network, held still over each shot.

The network works on luma at a size of its own, so strokes are as broad on a phone's picture as on a cinema's, and a
frame of 2160 lines costs what one of 720 does. What it changes is added to the frame at full size; colours are moved
beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from ops.errors import UsageError
from ops.style.networks.colour import ColourMap, Colours, colours_of, map_between, mixed_colours
from ops.style.networks.foreign import ForeignPaint, foreign_network
from ops.style.networks.ground import ground_of
from ops.style.networks.trunk import CODE_LENGTH, STRIDE, Trunk
from ops.style.networks.weights_file import StyleNetwork, house_network, is_ours, read_network
from ops.style.networks.working_size import precision, working_size
from ops.style.stages import Build, Canvas, Effort, PictureFilter, Tick
from ops.style.steady import steady

__all__ = ["mixed", "network"]

_MARGIN = 16
"""Pixels by which a picture is continued for the network: what it does at its edges, where lessons knew what lies
beyond and it did not, is nothing to show."""

_KEPT = 0.8
"""Share of the picture before that is kept where motion is sure: at 0.7, which paints have, lines of an engraving
flicker by half as much again. In a pan stones and lines blur as the film itself does, which shows less than flicker."""

_PACE = 0.08
"""Share of a new frame in the shot's colours: a second of film replaces most of them."""


@dataclass(frozen=True)
class _Row:
    """One style as a stage asks for it."""

    network: StyleNetwork
    code: torch.Tensor
    colours: Colours
    colour: float
    stroke: float
    strength: float


def network(build: Build) -> PictureFilter:
    """The operation at work.

    Settings: `file`, the name of a network beside the style, the house's own without it; `style`, one of the network's
    (may be left out where it has one); `strength`, 0…1, how far strokes replace the frame's own texture; `colour`,
    0…1, how far colours go to the style's; `stroke`, 0.5…2, how broad strokes are. A network in a public format has its
    own colours; AdaIN's also takes `encoder` and `picture`, files beside the style.

    Raises:
        UsageError: A setting that cannot be used.
        ModelUnavailable: There is no such network, or it is no style network.
    """
    if _is_foreign(build):
        return steady(_foreign(build), build.canvas, kept=_KEPT)
    return steady(_Painter(((_row(build), 1.0),), build.canvas, build.effort), build.canvas, kept=_KEPT)


def mixed(pieces: Sequence[tuple[Build, float]]) -> list[tuple[float, PictureFilter]]:
    """Several stages of this operation as the fewest painters: styles of one trunk meet inside it.

    Args:
        pieces: What each is built from, and its weight in the look.

    Returns:
        Painters and their weights, which sum to what was given.
    """
    alone: list[tuple[float, PictureFilter]] = []
    families: dict[str, list[tuple[_Row, float]]] = {}
    for build, weight in pieces:
        if _is_foreign(build):
            alone.append((weight, steady(_foreign(build), build.canvas, kept=_KEPT)))
            continue
        row = _row(build)
        families.setdefault(row.network.fingerprint, []).append((row, weight))
    canvas, effort = pieces[0][0].canvas, pieces[0][0].effort
    for rows in families.values():
        total = sum(weight for _, weight in rows)
        shares = tuple((row, weight / total) for row, weight in rows)
        alone.append((total, steady(_Painter(shares, canvas, effort), canvas, kept=_KEPT)))
    return alone


def _row(build: Build) -> _Row:
    found = _network_of(build)
    name = build.word("style") or (found.styles[0] if len(found.styles) == 1 else "")
    if not name:
        raise UsageError("names no style", where="style", fix=f"Its network has {', '.join(found.styles)}.")
    row = found.row(name)
    return _Row(
        network=found,
        code=found.trunk.codes[row].detach(),
        colours=found.colours[row],
        colour=build.number("colour", 0.0),
        stroke=float(np.clip(build.number("stroke", 1.0), 0.25, 4.0)),
        strength=build.strength * build.number("strength", 1.0),
    )


def _network_of(build: Build) -> StyleNetwork:
    name = build.word("file")
    return read_network(_beside(build.folder, name)) if name else house_network()


def _is_foreign(build: Build) -> bool:
    name = build.word("file")
    return bool(name) and not is_ours(_beside(build.folder, name))


def _foreign(build: Build) -> ForeignPaint:
    encoder, picture = (
        _beside(build.folder, build.word(name)) if build.word(name) else None for name in ("encoder", "picture")
    )
    return ForeignPaint(foreign_network(_beside(build.folder, build.word("file")), encoder, picture), build)


def _beside(folder: Path, name: str) -> Path:
    """A file of the style's own folder.

    Raises:
        UsageError: The name leads out of it.
    """
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UsageError("leads out of the style's folder", where=name, fix="Put the file beside the style.")
    return path


class _Painter:
    """Frames of one film through a mix of rows of one trunk."""

    def __init__(self, rows: tuple[tuple[_Row, float], ...], canvas: Canvas, effort: Effort) -> None:
        def mean(of: Callable[[_Row], float]) -> float:
            return sum(share * of(row) for row, share in rows)

        self._strength = mean(lambda row: row.strength)
        self._colour = mean(lambda row: row.colour)
        self._colours = mixed_colours([(row.colours, share) for row, share in rows])
        self._engine = _Engine(rows[0][0].network.trunk, [(row.code, share) for row, share in rows])
        self._size = working_size(canvas, effort, mean(lambda row: row.stroke), step=STRIDE)
        self._shot = _Shot()

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        if tick.cut or tick.frame != self._shot.next_frame:
            self._shot = _Shot()
        self._shot.next_frame = tick.frame + 1
        toned = self._shot.map_to(self._colours, rgb).softened(self._colour * self._strength).applied(rgb)
        change = self._engine(_luma(toned, self._size))
        if self._size != (rgb.shape[1], rgb.shape[0]):
            way = cv2.INTER_CUBIC if self._size[0] < rgb.shape[1] else cv2.INTER_AREA
            change = cv2.resize(change, (rgb.shape[1], rgb.shape[0]), interpolation=way)
        toned += (255.0 * self._strength) * change[..., None]
        return _in_range(toned)


@dataclass
class _Shot:
    """The colours of a shot, held."""

    next_frame: int = -1
    mean: np.ndarray | None = None
    covariance: np.ndarray | None = None

    def map_to(self, theirs: Colours, rgb: np.ndarray) -> ColourMap:
        """From the shot's colours, as they are by now, to a style's."""
        now = colours_of(rgb)
        if self.mean is None or self.covariance is None:
            self.mean, self.covariance = now.mean, now.covariance
        else:
            self.mean = self.mean + _PACE * (now.mean - self.mean)
            self.covariance = self.covariance + _PACE * (now.covariance - self.covariance)
        return map_between(Colours(self.mean, self.covariance), theirs)


class _Engine:
    """A trunk with one mixed row, on the best device of this machine, in the precision that is fastest there."""

    def __init__(self, trunk: Trunk, rows: Sequence[tuple[torch.Tensor, float]]) -> None:
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._dtype = precision(self._device)
        copy = Trunk(len(trunk.codes))
        copy.load_state_dict(trunk.state_dict())
        self._trunk = copy.to(self._device, self._dtype).eval()
        code = torch.zeros(1, CODE_LENGTH)
        for row, share in rows:
            code += share * row
        self._code = code.to(self._device)
        self._under: torch.Tensor | None = None

    def __call__(self, luma: np.ndarray) -> np.ndarray:
        """(h, w) float32, 0…1, sides multiples of STRIDE, to what the style adds: (h, w) float32."""
        room = np.pad(luma, _MARGIN, mode="reflect")
        given = torch.from_numpy(room)[None, None].to(self._device, self._dtype, memory_format=torch.channels_last)
        with torch.inference_mode():
            if self._under is None or self._under.shape[-2:] != given.shape[-2:]:
                self._under = self._trunk.underpainted(ground_of(*given.shape[-2:]).to(given), self._code)
            made = self._trunk(given, self._code, self._under)[0, 0].float().clamp(0.0, 1.0)
        return made.cpu().numpy()[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] - luma


def _luma(rgb: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w) float32, 0…1, of BT.709, at the working size."""
    grey = cv2.transform(rgb, np.array([[0.2126, 0.7152, 0.0722]], np.float32) / 255)
    way = cv2.INTER_AREA if size[0] <= rgb.shape[1] else cv2.INTER_CUBIC
    return np.clip(cv2.resize(grey, size, interpolation=way), 0.0, 1.0)


def _in_range(rgb: np.ndarray) -> np.ndarray:
    return cv2.convertScaleAbs(np.maximum(rgb, 0.0))
