"""What a gallery page holds of subtitles: every language's track and row, within a size that still opens."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from ops.languages.table import by_reach, languages
from orchestration.gallery_subtitles import subtitles_of
from resources.settings import load_settings
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.store.opening import open_store
from serving.gallery import subtitle_cards
from serving.gallery.model import GalleryCheck, GalleryLine, GalleryPage, GalleryState, GalleryTiming
from serving.gallery.page import render_gallery
from tests.serving.sample_page import MADE_AT
from tests.serving.sample_subtitles import one_language, subtitles
from tests.serving.test_gallery_page import HOSTILE, Outline

VTT = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:03.000\nHello.\n\n"


def page_with(folder: Path, *languages: object, film: bool = True) -> GalleryPage:
    """A page of those languages; what is in the film's file matters to no page."""
    path = folder / "film.mp4"
    path.write_bytes(b"\0" * 64)
    return replace(
        GalleryPage("a-title", "A title", MADE_AT, film=path if film else None),
        subtitles=languages,  # type: ignore[arg-type]
    )


def carried(track: dict[str, str | None]) -> bytes:
    """What a track element holds."""
    if track.get("src"):
        return base64.b64decode(str(track["src"]).removeprefix("data:text/vtt;base64,"))
    return gzip.decompress(base64.b64decode(str(track["data-packed"])))


def in_tags(outline: Outline) -> Sequence[str | None]:
    return [track["srclang"] for track in outline.all("track")]


def test_every_language_is_a_track_that_holds_its_very_file_and_the_spoken_one_is_shown_at_once(tmp_path: Path):
    made = subtitles(tmp_path)

    outline = Outline(render_gallery(page_with(tmp_path, *made), tmp_path / "page"))

    tracks = outline.all("track")
    assert [carried(track) for track in tracks] == [one.vtt.read_bytes() for one in made]
    assert in_tags(outline) == ["en", "ar", "ja", "he"]
    assert [track["srclang"] for track in tracks if "default" in track] == ["en"]
    assert [track["label"] for track in tracks][2:] == ["Japanese (draft)", "Hebrew (withheld)"]


def test_a_row_tells_how_far_a_language_may_be_shown_and_why(tmp_path: Path):
    page = render_gallery(page_with(tmp_path, *subtitles(tmp_path)), tmp_path / "page")

    text = " ".join(Outline(page).text.split())
    for told in ("4 languages; the film's player shows each", "withheld", "a draft needs 75%", "82%", "100% of 3"):
        assert told in text
    assert "not translated" in text  # what is spoken
    for link in (one for one in Outline(page).all("a") if str(one["href"]).endswith(".vtt")):
        assert (page.parent / str(link["href"])).resolve().is_file()


def test_lines_names_and_reasons_are_shown_as_text_whatever_they_hold(tmp_path: Path):
    hostile = one_language(
        tmp_path, "arb_Arab", VTT, why=HOSTILE, notes=(HOSTILE,), worst=(GalleryLine(HOSTILE, HOSTILE, HOSTILE),)
    )

    outline = Outline(render_gallery(page_with(tmp_path, replace(hostile, name=HOSTILE)), tmp_path / "page"))

    assert outline.text.count(HOSTILE) >= 5
    assert len(outline.all("script")) == 1
    assert all("onerror" not in attributes for _, attributes in outline.tags)


def test_a_page_without_a_film_shows_the_languages_and_no_player(tmp_path: Path):
    outline = Outline(render_gallery(page_with(tmp_path, *subtitles(tmp_path), film=False), tmp_path / "page"))

    assert not outline.all("track")
    assert not [one for one in outline.all("button") if one.get("class") == "pick"]
    assert "player" not in outline.text


def test_where_there_is_no_room_the_languages_with_most_readers_stay_and_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    codes = ("eng_Latn", "arb_Arab", "fra_Latn", "cym_Latn", "sat_Beng")
    made = [one_language(tmp_path, code, VTT) for code in codes]
    a_track = len(base64.b64encode(gzip.compress(VTT.encode())))
    monkeypatch.setattr(subtitle_cards, "_MOST_BYTES", 3 * a_track + a_track // 2)

    page = render_gallery(page_with(tmp_path, *made), tmp_path / "page")

    outline = Outline(page)
    assert in_tags(outline) == ["en", "ar", "fr"]
    assert "the player shows the 3 with most readers, the files hold all" in outline.text
    picks = [one["data-track"] for one in outline.all("button") if one.get("class") == "pick"]
    assert picks == ["0", "1", "2"]
    files = [one["href"] for one in outline.all("a") if str(one.get("href")).endswith(".vtt")]
    assert [Path(str(file)).name for file in files] == ["en.vtt", "ar.vtt", "fr.vtt", "cy.vtt", "sat.vtt"]


def test_a_film_of_two_hours_in_202_languages_is_a_page_that_can_still_be_sent(tmp_path: Path):
    words = "".join(f"{nth}\n00:{nth // 60:02}:{nth % 60:02}.000 --> 00:{nth // 60:02}:{nth % 60:02}.900\n"
                    f"{hash_of(nth)}\n\n" for nth in range(1, 900))  # fmt: skip
    made = [one_language(tmp_path, code, f"WEBVTT\n\nNOTE {code}\n\n{words}") for code in languages()]
    assert made[0].vtt.stat().st_size > 60_000

    page = render_gallery(page_with(tmp_path, *made), tmp_path / "page")

    assert page.stat().st_size < 10_000_000
    assert len(in_tags(Outline(page))) == 202


def hash_of(nth: int) -> str:
    """32 letters that pack as badly as speech does."""
    return f"{(nth * 2654435761) % 2**32:08x} {(nth * 40503) % 2**16:04x} is what somebody says"


def test_plots_are_drawn_for_six_languages_those_with_most_readers(tmp_path: Path):
    made = [
        replace(one, spoken=one.language == "cym_Latn", plots=subtitles(tmp_path)[0].plots)
        for one in (one_language(tmp_path, each.code, VTT) for each in (*by_reach()[:10], languages()["cym_Latn"]))
    ]

    outline = Outline(render_gallery(page_with(tmp_path, *made), tmp_path / "page"))

    told = [one["aria-label"] for one in outline.all("div") if str(one.get("aria-label")).startswith("How fast")]
    drawn = {
        str(one).removeprefix("How fast each cue in ").removesuffix(" must be read, over the film") for one in told
    }
    assert drawn == {"Welsh", *(each.name for each in by_reach()[:5])}


def test_hundreds_of_warnings_and_timings_leave_a_blocking_failure_in_sight(tmp_path: Path):
    warnings = [GalleryCheck(f"subtitles/{code}", "cues_conform", False, "cue 1: too fast") for code in languages()]
    blocking = GalleryCheck("shots", "shots_meet", False, "shots 3 and 4 overlap", True)
    timings = [GalleryTiming(f"subtitles/{code}", GalleryState.MADE, 1.0, "nllb") for code in languages()]
    page = GalleryPage("a-title", "A title", MADE_AT, checks=(*warnings, blocking), timings=tuple(timings))

    outline = Outline(render_gallery(page, tmp_path / "page"))

    assert "202 warnings" in outline.text
    assert outline.text.index("shots_meet") < outline.text.index("202 warnings") < outline.text.index("cues_conform")
    assert "Assets" in [one.get("aria-label") for one in outline.all("div")]


def test_languages_that_fail_for_one_reason_are_told_once(tmp_path: Path):
    why = "no translator is set"
    timings = [GalleryTiming(f"subtitles/{code}", GalleryState.FAILED, why=why) for code in languages()]

    outline = Outline(
        render_gallery(GalleryPage("a-title", "A title", MADE_AT, timings=tuple(timings)), tmp_path / "page")
    )

    section = outline.text[: outline.text.index("How it was made")]
    assert "subtitles/ace_Arab, ace_Latn," in section
    assert "and 194 more" in section
    assert section.count(why) == 1


TOLD = {
    "language": "arb_Arab",
    "bcp47": "ar",
    "name": "Modern Standard Arabic",
    "spoken": False,
    "showing": "draft",
    "why": "50% pass",
    "origin": "translated",
    "pass_rate": 0.33,
    "reading_speed": 12.1,
    "waiting": ["“sh!t” holds a listed word, and its source nothing of the kind"],
    "sentences": [
        {"text": "a", "source": "A", "faults": ["names"], "passed": False},
        {"text": "b", "source": "B", "faults": [], "passed": True},
        {"text": "", "source": "C", "faults": ["dropped", "length"], "passed": False},
    ],
}


def published(folder: Path) -> tuple[SimpleNamespace, Manifest]:
    """A language in a store of its own."""
    store = open_store(load_settings(home=folder / "home"))
    files = {name: folder / name for name in ("ar.srt", "ar.vtt", "ar.ass", "reading_speed.png", "conformance.png")}
    for path in files.values():
        path.write_text(VTT)
    files["quality.json"] = folder / "quality.json"
    files["quality.json"].write_text(json.dumps(TOLD), encoding="utf-8")
    checks = [
        {"name": "cues_conform", "passed": False, "why": "cue 2: too fast to read", "blocking": False},
        {"name": "files_agree", "passed": True, "why": "SRT, VTT and ASS hold the very cues.", "blocking": True},
    ]
    manifest = store.publish(
        ArtifactKey("a-title", "subtitles", "arb_Arab"),
        files,
        made_by=MadeBy("1"),
        inputs={},
        quality={"cue_count": 3, "conforming": 0.67, "checks": checks},
    )
    return SimpleNamespace(store=store), manifest


def test_a_language_of_the_store_tells_what_to_mend_its_worst_lines_first(tmp_path: Path):
    studio, manifest = published(tmp_path)

    [told] = subtitles_of(studio, {"subtitles/arb_Arab": manifest, "shots": manifest})  # type: ignore[arg-type]

    assert (told.rtl, told.showing, told.why, told.cues) == (True, "draft", "50% pass", 3)
    assert [line.why for line in told.worst] == ["dropped, length", "names"]
    assert told.notes == ("cue 2: too fast to read", *TOLD["waiting"])
    assert [path.name for path in told.files] == ["ar.srt", "ar.vtt", "ar.ass"]
