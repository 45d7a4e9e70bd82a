"""Which files beside a film are its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.subtitles.files.sidecars import Sidecar, not_understood, sidecars_of


def beside(folder: Path, *names: str) -> list[Sidecar]:
    film = folder / "film.mp4"
    for name in ("film.mp4", *names):
        (folder / name).write_text("x", encoding="utf-8")
    return sidecars_of(film)


@pytest.mark.parametrize(
    ("name", "language", "marks"),
    [
        ("film.srt", None, ""),
        ("film.en.srt", "eng_Latn", ""),
        ("film.SRT", None, ""),
        ("film.pt-BR.forced.vtt", "por_Latn", "forced"),
        ("film.eng.sdh.ass", "eng_Latn", "hearing_impaired"),
        ("film.forced.de.Vtt", "deu_Latn", "forced"),
        ("film.zh-Hant.srt", "zho_Hant", ""),
        ("film.hi.srt", "hin_Deva", ""),
        ("film.en.hi.srt", "eng_Latn", "hearing_impaired"),
        ("film.und.srt", None, ""),
        ("film.sat_Beng.srt", "sat_Beng", ""),
        ("film.txt", None, "is_script"),
        ("film.script.txt", None, "is_script"),
        ("film.fr.script.txt", "fra_Latn", "is_script"),
        ("film.default.en.ttml", "eng_Latn", ""),
        ("film.iw.srt", "heb_Hebr", ""),
        ("film.scc.srt", "srp_Cyrl", ""),
        ("film.chs.srt", "zho_Hans", ""),
        ("film.English.srt", "eng_Latn", ""),
        ("film.Hebrew.SDH.srt", "heb_Hebr", "hearing_impaired"),
        ("film.Chinese (Traditional).srt", "zho_Hant", ""),
        ("film.Norwegian.forced.srt", "nob_Latn", "forced"),
    ],
)
def test_a_name_tells_language_and_kind(tmp_path: Path, name: str, language: str | None, marks: str):
    assert beside(tmp_path, name) == [Sidecar(tmp_path / name, language, **dict.fromkeys(marks.split(), True))]


@pytest.mark.parametrize(
    "name", ["film2.en.srt", "film.part2.srt", "film.part2.en.srt", "film.mov", "afilm.srt", "film.en.fr.srt",
             "film.nfo", "Film.srt", "film.xx.srt", "film..a.b.c.d.e.srt", "filmsrt", "film-en.srt"]
)  # fmt: skip
def test_other_files_are_not_taken(tmp_path: Path, name: str):
    assert beside(tmp_path, name) == []


def test_subtitles_whose_names_tell_no_known_language_are_told(tmp_path: Path):
    beside(tmp_path, "film.sr-Latn.srt", "film.klingon.srt", "film.en.srt", "film.part2.mp4", "film.part2.srt",
           "film.part2.en.srt", "film.notes.txt", "film.nfo", "film.en.fr.vtt")  # fmt: skip

    told = [path.name for path in not_understood(tmp_path / "film.mp4")]

    assert told == ["film.en.fr.vtt", "film.klingon.srt", "film.sr-Latn.srt"]


def test_folders_and_links_to_nothing_are_not_files(tmp_path: Path):
    (tmp_path / "film.en.srt").mkdir()
    (tmp_path / "film.de.srt").symlink_to(tmp_path / "gone.srt")
    (tmp_path / "words").write_text("x", encoding="utf-8")
    (tmp_path / "film.fr.srt").symlink_to(tmp_path / "words")

    assert [each.path.name for each in beside(tmp_path)] == ["film.fr.srt"]


def test_a_film_whose_name_has_points_is_known_by_all_of_it(tmp_path: Path):
    film = tmp_path / "show.s01e02.mkv"
    for name in ("show.s01e02.en.srt", "show.s01e03.en.srt", "show.srt"):
        (tmp_path / name).write_text("x", encoding="utf-8")

    assert [each.path.name for each in sidecars_of(film)] == ["show.s01e02.en.srt"]


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path):
    assert sidecars_of(tmp_path / "gone" / "film.mp4") == []
