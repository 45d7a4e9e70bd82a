"""The variants on a gallery page: a card a recipe, its pictures in every aspect, and no stranger's text run."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from serving.gallery.model import GalleryPage, GalleryVariant
from serving.gallery.page import render_gallery

SIZES = {"16:9": (1280, 720), "1:1": (1080, 1080), "9:16": (1080, 1920)}


@pytest.fixture
def page(tmp_path: Path) -> GalleryPage:
    variants = []
    for recipe, label in (("3247a266", "clean"), ("c9ffea7b", "title, <b>poster</b>")):
        for aspect, size in SIZES.items():
            path = tmp_path / f"{recipe}-{size[0]}x{size[1]}.jpg"
            Image.new("RGB", size, (80, 120, 160)).save(path)
            variants.append(
                GalleryVariant(
                    recipe,
                    label,
                    aspect,
                    path,
                    *size,
                    score=0.71,
                    terms={"thirds": 0.4},
                    first=recipe == "3247a266",
                )
            )
    return GalleryPage("a-title", "A title", datetime(2026, 1, 1, tzinfo=UTC), variants=tuple(variants))


def test_each_recipe_is_one_card_with_all_its_aspects(page: GalleryPage, tmp_path: Path) -> None:
    html = render_gallery(page, tmp_path).read_text()

    assert html.count('class="card variant"') == 2
    for recipe in ("3247a266", "c9ffea7b"):
        card = html.partition(f'id="variant-{recipe}"')[2].partition("</figure>")[0]
        assert card.count("<img") == len(SIZES)
        assert "0.71" in card
        assert ("the first choice" in card) == (recipe == "3247a266")


def test_a_label_is_text_and_never_markup(page: GalleryPage, tmp_path: Path) -> None:
    assert "<b>poster</b>" not in render_gallery(page, tmp_path).read_text()


def test_a_title_without_variants_has_no_such_section(tmp_path: Path) -> None:
    page = GalleryPage("a-title", "A title", datetime(2026, 1, 1, tzinfo=UTC))
    assert 'id="variants"' not in render_gallery(page, tmp_path).read_text()
