"""The gallery page as a file: what it holds, what it does with odd input, what it never does."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from serving.gallery import film
from serving.gallery.model import (
    GalleryCheck,
    GalleryKeyframe,
    GalleryPage,
    GalleryShot,
    GalleryState,
    GalleryThumbnail,
    GalleryTiming,
)
from serving.gallery.page import render_gallery, render_index
from tests.serving.sample_page import MADE_AT

HOSTILE = (
    """</title></script><script>alert("x")</script><img src=x onerror=alert(1)>"""
    """ & 'quotes" {{ 7 * 7 }} שלום 🎬"""
)


class Outline(HTMLParser):
    """Reads a page the way a browser does: tags with attributes, text outside scripts and styles."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._hidden = False
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def empty_page(**known: object) -> GalleryPage:
    return replace(GalleryPage("a-title", "A title", MADE_AT), **known)  # type: ignore[arg-type]


def test_a_full_page_tells_everything_that_was_made(edit: GalleryPage, tmp_path: Path) -> None:
    page = Outline(render_gallery(edit, tmp_path))

    text = re.sub(r"\s+", " ", page.text)
    for told in (
        "Six clips, one edit",
        "20.0 s",
        "640 × 360",
        "25 fps",
        "4 of 6 checks passed",
        "−18.2 LUFS",
    ):
        assert told in text
    for thumbnail in edit.thumbnails:
        assert f"{thumbnail.width} × {thumbnail.height}" in text
        assert f"{thumbnail.score:.2f}" in text
    for timing in edit.timings:
        assert timing.asset in text
        assert timing.engine in text
    assert sum((one.get("class") or "") == "shot" for one in page.all("button")) == len(edit.shots)


def test_what_a_page_shows_is_inside_the_file(edit: GalleryPage, tmp_path: Path) -> None:
    page = Outline(render_gallery(edit, tmp_path))

    addresses = [one.get("src") or "" for tag in ("img", "source", "script", "video") for one in page.all(tag)]
    assert all(address.startswith("data:") for address in addresses if address)
    assert not [one for one in page.all("link") if not (one.get("href") or "").startswith("data:")]
    assert "url(http" not in (tmp_path / "index.html").read_text()


def test_every_picture_has_a_text_for_those_who_do_not_see_it(edit: GalleryPage, tmp_path: Path) -> None:
    page = Outline(render_gallery(edit, tmp_path))

    assert all(picture.get("alt") for picture in page.all("img"))
    assert len(page.all("h1")) == 1
    assert page.all("html")[0]["lang"] == "en"


def test_a_strangers_text_is_shown_and_never_run(edit: GalleryPage, tmp_path: Path) -> None:
    page = replace(
        edit,
        name=HOSTILE,
        title=HOSTILE,
        checks=(GalleryCheck(HOSTILE, HOSTILE, False, HOSTILE, True),),
        timings=(GalleryTiming(HOSTILE, GalleryState.FAILED, 1.0, HOSTILE, HOSTILE),),
        thumbnails=(replace(edit.thumbnails[0], aspect=HOSTILE, note=HOSTILE, terms={HOSTILE: 0.5}),),
        shots=(
            replace(
                edit.shots[0],
                transition=HOSTILE,
                keyframes=(replace(edit.shots[0].keyframes[0], note=HOSTILE),),
            ),
        ),
    )

    outline = Outline(render_gallery(page, tmp_path))

    assert len(outline.all("script")) == 1
    assert not [tag for tag, attributes in outline.tags if any(name.startswith("on") for name in attributes)]
    assert outline.text.count(HOSTILE) >= 8
    assert HOSTILE in Outline(render_index([(page, tmp_path / "index.html")], tmp_path / "all")).text


def test_a_page_of_nothing_but_a_name_is_a_page(tmp_path: Path) -> None:
    page = Outline(render_gallery(empty_page(), tmp_path))

    assert "A title" in page.text
    assert not page.all("video")
    assert not page.all("section")


def test_a_title_in_quarantine_says_why_and_does_not_repeat_it_in_every_section(tmp_path: Path) -> None:
    reason = "/inbox/half.mp4: the file ends after 149 of 500 frames. Deliver it anew."
    waiting = tuple(
        GalleryTiming(asset, GalleryState.WAITING, why="source_video failed") for asset in ("shots", "keyframes")
    )

    page = Outline(render_gallery(empty_page(quarantine=reason, timings=waiting), tmp_path))

    assert reason in page.text
    assert "Keyframes" not in page.text


def test_what_was_not_made_says_why_once_and_which(tmp_path: Path) -> None:
    silent = "the film has no sound"
    timings = (
        GalleryTiming("audio_track", GalleryState.SKIPPED, why=silent),
        GalleryTiming("audio_features", GalleryState.SKIPPED, why=silent),
        GalleryTiming("thumbnails/16x9", GalleryState.FAILED, why="no usable frame"),
        GalleryTiming("thumbnails/1x1", GalleryState.FAILED, why="no usable frame"),
    )

    text = re.sub(r"\s+", " ", Outline(render_gallery(empty_page(timings=timings), tmp_path)).text)

    assert "audio_track, audio_features skipped: the film has no sound" in text
    assert "thumbnails/16x9, 1x1 failed: no usable frame" in text


def test_failed_checks_come_first_and_blocking_ones_before_warnings(tmp_path: Path) -> None:
    checks = (
        GalleryCheck("shots", "kept", True, "all is well"),
        GalleryCheck("shots", "warned", False, "a little off"),
        GalleryCheck("shots", "blocked", False, "shots 3 and 4 overlap", True),
    )

    text = Outline(render_gallery(empty_page(checks=checks), tmp_path)).text

    assert text.index("blocked") < text.index("warned") < text.index("kept")


def test_a_picture_that_cannot_be_read_does_not_cost_the_page(data: Path, tmp_path: Path) -> None:
    broken = [data / "broken" / name for name in ("truncated_half.jpg", "sigsegv.png", "bomb_20000x20000.png")]
    broken += [tmp_path / "missing.jpg", data / "broken" / "text_named.mp4"]
    shots = tuple(
        GalleryShot(n, n, n + 1, float(n), n + 1.0, keyframes=(GalleryKeyframe(path, float(n)),))
        for n, path in enumerate(broken)
    )
    thumbnails = tuple(GalleryThumbnail("16:9", path, 1280, 720) for path in broken)

    page = render_gallery(empty_page(shots=shots, thumbnails=thumbnails), tmp_path / "page")

    assert "The picture cannot be read." in Outline(page).text


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "I;16", "CMYK", "1"])
def test_pictures_of_every_kind_are_shown(mode: str, tmp_path: Path) -> None:
    suffix = "tif" if mode == "CMYK" else "png"
    Image.new(mode, (64, 36)).save(tmp_path / f"picture.{suffix}")
    thumbnail = GalleryThumbnail("16:9", tmp_path / f"picture.{suffix}", 64, 36)

    page = Outline(render_gallery(empty_page(thumbnails=(thumbnail,)), tmp_path / "page"))

    assert (page.all("img")[0]["src"] or "").startswith("data:image/jpeg;base64,")


def test_a_film_too_big_for_the_page_lies_beside_it(
    edit: GalleryPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film, "INLINE_LIMIT_BYTES", 1_000_000)
    assert edit.film is not None

    page = Outline(render_gallery(edit, tmp_path))

    assert page.all("source") == [{"src": "preview.mp4", "type": "video/mp4"}]
    assert (tmp_path / "preview.mp4").read_bytes() == edit.film.read_bytes()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["index.html", "preview.mp4"]


def test_files_are_linked_where_they_lie_with_odd_names_spelled_out(edit: GalleryPage, tmp_path: Path) -> None:
    odd = tmp_path / "store" / "a b#c%d?é.jpg"
    odd.parent.mkdir()
    odd.write_bytes(edit.thumbnails[0].picture.read_bytes())
    thumbnail = replace(edit.thumbnails[0], picture=odd)

    page = Outline(render_gallery(empty_page(thumbnails=(thumbnail,)), tmp_path / "galleries" / "a-title"))

    assert page.all("a")[-1]["href"] == "../../store/a%20b%23c%25d%3F%C3%A9.jpg"


def test_writing_again_replaces_the_page_and_leaves_nothing_else(edit: GalleryPage, tmp_path: Path) -> None:
    render_gallery(edit, tmp_path)

    render_gallery(empty_page(), tmp_path)

    assert [one.name for one in tmp_path.iterdir()] == ["index.html"]
    assert "Six clips" not in (tmp_path / "index.html").read_text()


def test_the_page_stays_light(edit: GalleryPage, tmp_path: Path) -> None:
    assert edit.film is not None

    page = render_gallery(edit, tmp_path)

    without_film = page.stat().st_size - 4 * edit.film.stat().st_size / 3
    assert without_film < 1_500_000


def test_an_index_links_to_every_title_and_counts_those_in_quarantine(edit: GalleryPage, tmp_path: Path) -> None:
    broken = empty_page(title="broken", quarantine="the file is empty")
    pages = [(page, render_gallery(page, tmp_path / page.title)) for page in (edit, broken)]

    index = Outline(render_index(pages, tmp_path))

    assert [one["href"] for one in index.all("a")] == [f"{page.title}/index.html" for page, _ in pages]
    assert "2 titles" in index.text
    assert "1 in quarantine" in index.text
    assert len(index.all("img")) == 1
