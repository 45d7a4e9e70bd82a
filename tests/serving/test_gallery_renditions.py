"""Renditions on a title's page: each plays, and shows what it changed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from serving.gallery.model import GalleryPage, GalleryRendition
from serving.gallery.page import render_gallery


def test_a_rendition_plays_beside_its_before_and_after_and_hostile_names_stay_text(edit: GalleryPage, tmp_path: Path):
    strip, film = tmp_path / "before_after.jpg", tmp_path / "noir.mp4"
    Image.fromarray(np.full((60, 160, 3), 90, np.uint8)).save(strip)
    film.write_bytes(b"a film")
    one = GalleryRendition("noir", "<script>Noir", film, strip, "Black & white.", 640, 360)

    page = render_gallery(replace(edit, renditions=(one,)), tmp_path / "page")

    html = page.read_text(encoding="utf-8")
    card = html[html.index('id="rendition-noir"') : html.index("</article>", html.index('id="rendition-noir"'))]
    [source] = re.findall(r'<video[^>]* src="([^"]+)"', card)
    assert (page.parent / source).read_bytes() == b"a film"
    assert 'src="data:image/jpeg;base64,' in card
    assert "<script>" not in card and "Black &amp; white." in card


def test_a_title_without_renditions_has_no_empty_section(edit: GalleryPage, tmp_path: Path):
    html = render_gallery(edit, tmp_path / "page").read_text(encoding="utf-8")
    assert 'id="renditions"' not in html
