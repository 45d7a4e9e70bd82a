"""The film as the renderer takes it: which stored picture a frame of the trailer's rate is, and its true colours.

Frame n of the film shows the last picture whose time, rounded to the nearest frame, is not after n: for a film at the
trailer's own rate that is picture n exactly, however its container rounded the times; for a variable rate a picture
stands until the next one is due. Times are counted from the first picture, wherever the file's clock starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.video.reformatter import ColorRange, Colorspace

from ops.errors import MediaError
from ops.media.film_reader import open_film
from ops.media.frames import yuv_matrix
from ops.media.probe import probe

__all__ = ["FilmSource", "open_source"]

_MATRICES = {
    Colorspace.ITU709: "bt709",
    Colorspace.FCC: "fcc",
    Colorspace.ITU601: "smpte170m",
    Colorspace.SMPTE240M: "smpte240m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    9: "bt2020",
    10: "bt2020",
}
"""FFmpeg's names for the matrices of ISO/IEC 23091-2, by the number that frames carry."""

_TRANSFERS = {"PQ": "smpte2084", "HLG": "arib-std-b67"}

_HDR_WHITE_NITS = 203
"""Reference white of HDR pictures (ITU-R BT.2408), which becomes the white of paper, not of a lamp."""

BACKS_S = (0.0, 10.0, 60.0)
"""How much further back to seek where a seek landed too late, as recordings without an index let it."""


@dataclass(frozen=True)
class FilmSource:
    """What the renderer must know of a film.

    Attributes:
        path: Where it is.
        first_s: When its first picture is shown, on the file's own clock.
        size: Width and height for display.
        stored: Width and height as stored, after its rotation.
        matrix: Its YUV matrix, by FFmpeg's name; empty for RGB.
        full_range: Whether its luma goes from 0 to 255.
        hdr: "PQ", "HLG" or None.
        interlaced: Whether a frame holds two fields, and the flags of its frames say so: "flagged"; "all" where only
            the stream says so; empty for progressive.
        seekable: Whether it may be decoded from a key frame in its middle.
    """

    path: Path
    first_s: Fraction
    size: tuple[int, int]
    stored: tuple[int, int]
    matrix: str
    full_range: bool
    hdr: str | None
    interlaced: str
    seekable: bool

    def input_args(self, start: int, rate: Fraction, attempt: int) -> list[str | Path]:
        """How FFmpeg opens it for frames from `start` on: at the key frame ahead of them, timestamps untouched.

        Args:
            start: First frame wanted.
            rate: Frames a second of the trailer.
            attempt: 0 at first; one more each time that the seek landed too late. The last one reads from the start.
        """
        args: list[str | Path] = ["-threads", "1", "-copyts"]
        if self.seekable and attempt < len(BACKS_S):
            # half a frame early: a container's rounded time may lie just ahead of the exact one
            target = self.first_s + (start - Fraction(1, 2)) / rate - Fraction(BACKS_S[attempt])
            if target > self.first_s:
                args += ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{float(target):.6f}"]
        return [*args, "-i", self.path]

    def attempts(self) -> int:
        """How many ways of opening it there are."""
        return len(BACKS_S) + 1 if self.seekable else 1

    def frame_filters(self, start: int, end: int, rate: Fraction, *, to_the_end: bool) -> list[str]:
        """Filters that leave exactly the frames from `start` to `end` of the trailer's rate, the first one at time 0.

        Args:
            start: First frame.
            end: One past the last.
            rate: Frames a second.
            to_the_end: Whether the film ends here, so that its last picture may have to stand a little longer.
        """
        filters = []
        if self.interlaced:
            deint = "interlaced" if self.interlaced == "flagged" else "all"
            filters.append(f"bwdif=mode=send_frame:parity=auto:deint={deint}")
        filters += [f"setpts='round(PTS-{float(self.first_s):.9f}/TB)'", f"fps=fps={rate}:round=near"]
        if to_the_end:
            filters.append(f"tpad=stop_mode=clone:stop={max(1, round(rate))}")
        return [*filters, f"trim=start_pts={start}:end_pts={end}", f"setpts=PTS-{start}"]

    def colour_filters(self, crop: str, size: tuple[int, int], *, resized: bool) -> list[str]:
        """Filters that crop, scale and convert to BT.709 in limited range, 8-bit 4:2:0.

        Args:
            crop: A crop filter, or an empty string.
            size: Width and height to scale to.
            resized: Whether that is another size than the crop's.
        """
        cropped = [crop] if crop else []
        width, height = size
        if self.hdr or self.matrix == "bt2020":
            return [*cropped, *self._wide_gamut(width, height), "format=yuv420p", "setsar=1"]
        already = self.matrix == "bt709" and not self.full_range and not resized
        if already:
            return [*cropped, "format=yuv420p", "setsar=1"]
        source = f"in_color_matrix={self.matrix}:" if self.matrix else ""
        span = "" if not self.matrix else f"in_range={'pc' if self.full_range else 'tv'}:"
        return [
            *cropped,
            f"scale={width}:{height}:flags=lanczos+accurate_rnd:{source}{span}out_color_matrix=bt709:out_range=tv",
            "format=yuv420p",
            "setsar=1",
        ]

    def _wide_gamut(self, width: int, height: int) -> list[str]:
        """BT.2020 to BT.709: HDR through linear light and a filmic curve (Hable), SDR by its primaries alone."""
        stated = f"min=2020_ncl:pin=2020:rin={'full' if self.full_range else 'limited'}"
        out = "m=709:p=709:t=709:r=limited"
        if not self.hdr:
            return [f"zscale=w={width}:h={height}:f=lanczos:{stated}:tin=2020_10:{out}"]
        transfer = _TRANSFERS[self.hdr]
        return [
            f"zscale=w={width}:h={height}:f=lanczos:{stated}:tin={transfer}:t=linear:npl={_HDR_WHITE_NITS}",
            "format=gbrpf32le",
            "zscale=p=709",
            "tonemap=tonemap=hable:desat=0",
            f"zscale={out}",
        ]


def open_source(path: Path) -> FilmSource:
    """Look at a film.

    Raises:
        MediaError: It is no film, or none that can be decoded.
    """
    info = probe(path).video
    if info is None:
        raise MediaError("the file has no video stream", where=path, fix="Deliver a file with pictures.")
    with open_film(path) as reader:
        _, picture = next(iter(reader.pictures()))
        orientation, first_s = reader.orientation, reader.first_pts * reader.time_base
        size = (reader.width, reader.height)
    rgb = picture.format.is_rgb
    matrix = "" if rgb else _MATRICES.get(yuv_matrix(picture) or picture.colorspace, "bt709")
    interlaced = ("flagged" if picture.interlaced_frame else "all") if info.interlaced else ""
    # x264 before build 151 says only in its very first packet how it coded 4:4:4; key frames alone come out as garbage
    seekable = not (info.codec == "h264" and "444" in info.pixel_format)
    return FilmSource(
        path=path,
        first_s=first_s,
        size=size,
        stored=orientation.size(picture.width, picture.height),
        matrix=matrix,
        full_range=picture.color_range == ColorRange.JPEG or picture.format.name.startswith("yuvj"),
        hdr=info.hdr,
        interlaced=interlaced,
        seekable=seekable,
    )
