"""Reads and writes LUT files: .cube (Adobe's "Cube LUT Specification" 1.0), .3dl and Hald pictures.

Such a file comes from anybody, so it is read by a parser that allocates nothing a header asks for before the numbers
are there, and whatever does not add up is refused in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ops.errors import UsageError
from ops.style.grading.luts import grid, sampled

__all__ = ["read_cube", "read_lut", "write_cube"]

_LEAST, _MOST = 2, 129
"""Points a side. 65 is the largest that the trade's programs write; 129 costs 26 MB of memory."""

_MOST_POINTS_1D = 65536
_MOST_BYTES = 128 * 1024 * 1024
_EXPANDED = 33


def read_lut(file: Path) -> np.ndarray:
    """The LUT of a .cube, a .3dl or a Hald picture (.png), by the file's ending.

    Raises:
        UsageError: It is none, or unreadable.
    """
    readers = {".cube": read_cube, ".3dl": _read_3dl, ".png": _read_hald}
    if file.suffix.lower() not in readers:
        raise UsageError("is no LUT that we read", where=file.name, fix="Give a .cube, a .3dl or a Hald .png.")
    return readers[file.suffix.lower()](file)


def write_cube(path: Path, lut: np.ndarray) -> None:
    """Write a (N, N, N, 3) LUT, indexed [red, green, blue], as a .cube file, red fastest."""
    size = lut.shape[0]
    rows = np.ascontiguousarray(lut.transpose(2, 1, 0, 3)).reshape(-1, 3).tolist()
    body = "\n".join(f"{red:.6f} {green:.6f} {blue:.6f}" for red, green, blue in rows)
    path.write_text(f"LUT_3D_SIZE {size}\n{body}\n", encoding="ascii")


def read_cube(path: Path) -> np.ndarray:
    """The LUT of a .cube file: (N, N, N, 3) float32 in 0…1, indexed [red, green, blue].

    A domain other than 0…1 is resampled to it, and a one-dimensional LUT is expanded to 33 points a side. What a LUT
    gives beyond 0…1 is clipped: it is looked up for the screen.

    Raises:
        UsageError: It is no .cube file: numbers that are missing, too many or no numbers, no size, an odd domain.
    """
    head, numbers = _parsed(path)
    if not np.isfinite(numbers).all():
        raise UsageError("holds numbers that are not finite", where=path.name, fix="Export the LUT again.")
    expected = head.size_3d**3 if head.size_3d else head.size_1d
    if not expected:
        raise UsageError("says no LUT_3D_SIZE", where=path.name, fix="Export the LUT as a 3D .cube.")
    if len(numbers) != expected:
        raise UsageError(
            f"holds {len(numbers)} colours where its size calls for {expected}",
            where=path.name,
            fix="The file is cut short or mixed up; export it again.",
        )
    if head.size_3d:
        lut = numbers.reshape((head.size_3d,) * 3 + (3,)).transpose(2, 1, 0, 3)
    else:
        lut = _expanded(numbers, head)
    lut = np.ascontiguousarray(np.clip(lut, 0.0, 1.0), np.float32)
    return _over_unit_domain(lut, head) if head.size_3d else lut


@dataclass
class _Head:
    size_3d: int = 0
    size_1d: int = 0
    low: tuple[float, ...] = (0.0, 0.0, 0.0)
    high: tuple[float, ...] = (1.0, 1.0, 1.0)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError("is too large for a LUT", where=path.name, fix=f"A LUT has up to {_MOST} points a side.")
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=path.name, fix="Check the file.") from error


def _parsed(path: Path) -> tuple[_Head, np.ndarray]:
    head, rows = _Head(), []
    for number, words in _lines(_text(path)):
        try:
            if words[0][0].isalpha():
                _take_keyword(head, words)
            else:
                red, green, blue = words
                rows.append((float(red), float(green), float(blue)))
        except ValueError as error:
            raise UsageError(
                f"line {number} cannot be read: {' '.join(words)[:60]!r}", where=path.name, fix="It is no .cube line."
            ) from error
        if len(rows) > _MOST**3:
            raise UsageError("holds too many colours", where=path.name, fix=f"A LUT has up to {_MOST} points a side.")
    if not all(low < high for low, high in zip(head.low, head.high, strict=True)):
        raise UsageError("has an empty domain", where=path.name, fix="DOMAIN_MIN must lie under DOMAIN_MAX.")
    return head, np.array(rows, np.float64).reshape(-1, 3)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#", 1)[0].split()
        if words:
            yield number, words


def _take_keyword(head: _Head, words: list[str]) -> None:
    key, values = words[0], words[1:]
    if key == "TITLE":
        return
    if key in ("LUT_3D_SIZE", "LUT_1D_SIZE"):
        (value,) = values
        size, most = int(value), _MOST if key == "LUT_3D_SIZE" else _MOST_POINTS_1D
        if not _LEAST <= size <= most or head.size_3d or head.size_1d:
            raise ValueError("size")
        head.size_3d, head.size_1d = (size, 0) if key == "LUT_3D_SIZE" else (0, size)
    elif key in ("DOMAIN_MIN", "DOMAIN_MAX"):
        red, green, blue = _finite(values)
        if key == "DOMAIN_MIN":
            head.low = (red, green, blue)
        else:
            head.high = (red, green, blue)
    elif key in ("LUT_3D_INPUT_RANGE", "LUT_1D_INPUT_RANGE"):  # Resolve's way of saying the domain
        low, high = _finite(values)
        head.low, head.high = (low,) * 3, (high,) * 3
    else:
        raise ValueError(key)


def _finite(values: list[str]) -> list[float]:
    numbers = [float(value) for value in values]
    if not np.isfinite(numbers).all():
        raise ValueError("not finite")
    return numbers


def _over_unit_domain(lut: np.ndarray, head: _Head) -> np.ndarray:
    if head.low == (0.0, 0.0, 0.0) and head.high == (1.0, 1.0, 1.0):
        return lut
    low, high = np.array(head.low), np.array(head.high)
    return sampled(lut, (grid(lut.shape[0]) - low) / (high - low))


def _expanded(curve: np.ndarray, head: _Head) -> np.ndarray:
    points = grid(_EXPANDED)
    channels = [
        np.interp(points[..., c], np.linspace(head.low[c], head.high[c], len(curve)), curve[:, c]) for c in range(3)
    ]
    return np.stack(channels, axis=-1)


def _read_3dl(path: Path) -> np.ndarray:
    """Autodesk's format: a line of input points, then rows of integers, blue fastest."""
    rows = []
    for number, words in _lines(_text(path)):
        if words[0][0].isalpha():  # "3DMESH", "Mesh 5 12", "gamma 1.0"
            continue
        try:
            rows.append([int(word) for word in words])
        except ValueError as error:
            raise UsageError(f"line {number} is no row of a .3dl", where=path.name, fix="Export it again.") from error
        if len(rows) > _MOST**3:
            raise UsageError("holds too many colours", where=path.name, fix=f"A LUT has up to {_MOST} points a side.")
    colours = rows[1:]
    size = round(len(colours) ** (1 / 3))
    if not rows or not _LEAST <= size <= _MOST or size**3 != len(colours) or {len(row) for row in colours} != {3}:
        raise UsageError("is no .3dl with a cube of colours", where=path.name, fix="Export it as .cube.")
    largest = max(max(row) for row in colours)
    if min(min(row) for row in colours) < 0 or largest >= 1 << 16:
        raise UsageError("holds numbers outside 16 bits", where=path.name, fix="Export it as .cube.")
    bits = next(bits for bits in (10, 12, 16) if largest < 1 << bits)
    return (np.array(colours, np.float32) / ((1 << bits) - 1)).reshape(size, size, size, 3)


def _read_hald(path: Path) -> np.ndarray:
    """A Hald picture of level L: L³ pixels a side, a LUT of L² points a side, red fastest."""
    import cv2
    from PIL import Image

    try:
        with Image.open(path) as opened:  # its size is known before its pixels are unpacked
            width, height = opened.size
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise UsageError("is no picture", where=path.name, fix="A Hald picture is a .png.") from error
    level = round(width ** (1 / 3))
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED) if width == height == level**3 and level <= 11 else None
    if picture is None or picture.ndim != 3 or level < 2:
        raise UsageError("is no Hald picture", where=path.name, fix="A Hald picture is L³ pixels wide and high.")
    size = level * level
    rgb = picture[..., 2::-1].astype(np.float32) / (255.0 if picture.dtype == np.uint8 else 65535.0)
    return np.ascontiguousarray(rgb.reshape(size, size, size, 3).transpose(2, 1, 0, 3))
