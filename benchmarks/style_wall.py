"""A wall of every style on real clips: pictures and short films that loop, in one page to look at.

    python -m benchmarks.style_wall OUT CLIP[@SECOND]… [--styles noir,…] [--seconds 3] [--height 360] [--sheet wall.jpg]

Renders an excerpt of each clip in every style, writes OUT/index.html, and a contact sheet of one frame each. What is on
the wall is looked at by people: flicker, banding, clipped skin and smeared faces are defects.
"""

from __future__ import annotations

import argparse
import html
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from ops.errors import ShowrunnerError
from ops.media.ffmpeg import run_ffmpeg
from ops.style.catalogue import house_styles
from ops.style.film import MOST_AT_ONCE, RenderedFilm, Wanted, render_films
from ops.style.film_inspection import inspect_rendition
from ops.style.model import Recipe, Style, look_of

_LIMIT_S = 600
_CREDIT = (
    "Sintel © Blender Foundation, durian.blender.org; Big Buck Bunny © Blender Foundation, peach.blender.org: "
    "CC BY 3.0, restyled."
)


@dataclass(frozen=True)
class Tile:
    """One style on one clip."""

    style: Style
    clip: str
    film: str
    picture: Path
    flicker: float
    seconds: float


def main() -> None:
    """Render the wall, and print what was measured as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("out", type=Path)
    parser.add_argument("clips", nargs="+", help="a film, and from which second: film.mp4@12")
    parser.add_argument("--styles", default="")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--sheet", type=Path, help="a contact sheet of one frame each")
    parser.add_argument("--sheet-clips", type=int, default=2, help="how many of the clips are on it")
    told = parser.parse_args()
    told.out.mkdir(parents=True, exist_ok=True)
    library = house_styles()
    styles = [library[each] for each in told.styles.split(",") if each] or list(library.values())
    tiles: list[Tile] = []
    for number, named in enumerate(told.clips):
        clip = _excerpt(named, told.out / f"clip{number}.mp4", told.seconds, told.height)
        tiles += _tiles(clip, styles, told.out)
    (told.out / "index.html").write_text(_page(tiles, styles), encoding="utf-8")
    if told.sheet is not None:
        _sheet(tiles, styles, told.sheet_clips).save(told.sheet, "JPEG", quality=82, optimize=True, progressive=True)
    measured = [{"style": t.style.id, "clip": t.clip, "flicker": t.flicker, "seconds": t.seconds} for t in tiles]
    print(json.dumps(measured, indent=1))


def _excerpt(named: str, path: Path, seconds: float, height: int) -> Path:
    film, _, start = named.partition("@")
    run_ffmpeg(
        ["-ss", start or "0", "-t", f"{seconds:g}", "-i", Path(film), "-vf", f"scale=-2:{height}", "-an",
         "-c:v", "libx264", "-crf", "14", "-preset", "veryfast", "-pix_fmt", "yuv420p", path],
        timeout_s=_LIMIT_S,
    )  # fmt: skip
    return path


def _tiles(clip: Path, styles: Sequence[Style], out: Path) -> Iterator[Tile]:
    """Each style on a clip; one that cannot be made is told, and leaves its place empty."""
    for first in range(0, len(styles), MOST_AT_ONCE):
        group = styles[first : first + MOST_AT_ONCE]
        try:
            yield from _rendered(clip, group, out)
        except ShowrunnerError:
            for each in group:
                try:
                    yield from _rendered(clip, [each], out)
                except ShowrunnerError as error:
                    print(f"{each.id} on {clip.stem}: {error}")


def _rendered(clip: Path, group: Sequence[Style], out: Path) -> Iterator[Tile]:
    library = house_styles()
    wanted = [
        Wanted(out / f"{clip.stem}-{style.id}.mp4", look_of([(Recipe(style.id), 1.0)], library)) for style in group
    ]
    for style, film in zip(group, render_films(clip, wanted, library), strict=True):
        yield _tile(clip, style, film)


def _tile(clip: Path, style: Style, film: RenderedFilm) -> Tile:
    found = inspect_rendition(clip, film)
    picture = film.path.with_suffix(".jpg")
    middle = found.moments[len(found.moments) // 2]
    Image.fromarray(middle.after).save(picture, "JPEG", quality=88)
    return Tile(style, clip.stem, film.path.name, picture, round(found.facts["flicker"], 2), film.seconds["style"])


def _page(tiles: Sequence[Tile], styles: Sequence[Style]) -> str:
    rows = []
    for style in styles:
        own = [tile for tile in tiles if tile.style.id == style.id]
        films = "".join(
            f'<figure><video src="{tile.film}" poster="{tile.picture.name}" autoplay loop muted playsinline></video>'
            f"<figcaption>change along motion {tile.flicker:g}×</figcaption></figure>"
            for tile in own
        )
        about = f"<h2>{html.escape(style.name)}</h2><p>{html.escape(style.about)}</p>"
        rows.append(f'<section id="{style.id}">{about}<div class="row">{films}</div></section>')
    return _PAGE.format(rows="\n".join(rows), credit=html.escape(_CREDIT))


_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Every style on real clips</title>
<style>
body {{ margin: 0 auto; max-width: 1500px; padding: 1.5rem; background: #14161d; color: #e8eaf0 }}
body {{ font: 15px/1.5 system-ui, sans-serif }}
h2 {{ margin: 2rem 0 0; font-size: 1.2rem }} p {{ margin: .1rem 0 .6rem; color: #a9afc2 }}
.row {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: .6rem }}
figure {{ margin: 0 }} video {{ width: 100%; background: #000; border-radius: .3rem }}
figcaption, footer {{ color: #8d93a6; font-size: .8rem }}
</style>
<h1>Every style on real clips</h1>
{rows}
<footer>{credit}</footer>
</html>
"""


def _sheet(tiles: Sequence[Tile], styles: Sequence[Style], most: int) -> Image.Image:
    """One frame of every style on each of the first clips, names beneath."""
    clips = list(dict.fromkeys(tile.clip for tile in tiles))[:most]
    width, height, label = 240, 135, 18
    across = 2  # styles side by side
    rows = -(-len(styles) // across)
    sheet = Image.new("RGB", (across * len(clips) * width, rows * (height + label)), "#14161d")
    draw = ImageDraw.Draw(sheet)
    for number, style in enumerate(styles):
        left, top = (number % across) * len(clips) * width, (number // across) * (height + label)
        for place, clip in enumerate(clips):
            own = next((tile for tile in tiles if tile.style.id == style.id and tile.clip == clip), None)
            if own is not None:
                with Image.open(own.picture) as picture:
                    shown = picture.convert("RGB")
                shown.thumbnail((width - 2, height - 2), Image.Resampling.LANCZOS)
                sheet.paste(shown, (left + place * width, top + (height - shown.height) // 2))
        draw.text((left + 4, top + height + 3), style.name, fill="#e8eaf0")
    return sheet


if __name__ == "__main__":
    main()
