"""`showrunner evaluate` on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import UsageError
from orchestration.cli import FAILED, OK, UNUSABLE, main
from orchestration.evaluate_command import recordings_of
from tests.resources.models.tiny_whisper import save_tiny_whisper

HEADER = ["file", "language", "text"]


def manifest(folder: Path, *rows: tuple[str, str, str], header: list[str] = HEADER) -> Path:
    """A manifest, and a file of each name beside it unless its name is a path."""
    path = folder / "speech.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    for name, _, _ in rows:
        if name and not Path(name).is_absolute():
            (folder / name).touch()
    return path


def test_recordings_are_measured_as_films_are_heard(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audio = data / "audio"
    said = {"cards_001.wav": "Ten of clubs.", "cards_002.wav": "four queen of clubs"}
    path = manifest(
        tmp_path,
        *((str(audio / name), "en", text) for name, text in said.items()),
        (str(audio / "silence_5s.wav"), "-", ""),
        (str(audio / "chinese_short.flac"), "zh", "砸自己的脚"),
    )

    assert main(["evaluate", str(path), "--json", "--home", str(tmp_path / "home")]) == OK

    told = json.loads(capsys.readouterr().out)
    assert told["engine"] == "embedded/pocketsphinx"
    files = {Path(row["file"]).name: row for row in told["files"]}
    for name, text in said.items():  # an independent count of what was heard
        heard = files[name]["heard"].lower().replace(".", "")
        assert files[name]["rate"] == pytest.approx(jiwer.wer(text.lower().replace(".", ""), heard), abs=1e-4)
        assert "clubs" in heard
    english = told["languages"]["eng_Latn"]
    assert (english["files"], english["said"], english["unit"]) == (2, 7, "words")
    assert english["wrong"] == sum(files[name]["wrong"] for name in said)
    assert english["met"] == (english["wrong"] / 7 <= 0.05)
    assert told["languages"]["nobody speaks"]["invented"] == 0
    assert "hears English only" in told["languages"]["zho_Hans"]["not_heard"]  # told, and no failure


def test_the_tables_name_the_engine_the_target_and_whether_it_is_met(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "nothing here is said in it at all whatever"
    card, silence = (str(data / "audio" / name) for name in ("cards_001.wav", "silence_5s.wav"))
    path = manifest(tmp_path, (card, "eng_Latn", wrong), (silence, "", ""))

    assert main(["evaluate", str(path), "--home", str(tmp_path / "home")]) == OK

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["Recogniser:", "embedded/pocketsphinx"] in lines
    assert ["language", "files", "said", "wrong", "rate", "5%", "or", "less"] in lines
    [english] = [line for line in lines if line[:1] == ["eng_Latn"]]
    assert english[1:5] == ["1", "9", "words", "9"]  # nine words missed or heard as others, none invented
    assert english[-2:] == ["not", "met"]
    [nobody] = [line for line in lines if line[:2] == ["nobody", "speaks"]]
    assert nobody[2:] == ["1", "0", "words", "0", "-", "met"]


def test_whisper_is_measured_where_the_settings_choose_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWRUNNER_RECOGNISER_ENGINE", f"whisper:{save_tiny_whisper(tmp_path / 'tiny')}")
    chinese, noise = (str(data / "audio" / name) for name in ("cards_001.wav", "silence_5s.wav"))
    path = manifest(tmp_path, (chinese, "zh", "砸自己的脚"), (chinese, "xh", "Molo"), (noise, "-", ""))

    assert main(["evaluate", str(path), "--json", "--home", str(tmp_path / "home")]) == OK

    told = json.loads(capsys.readouterr().out)
    assert told["engine"].startswith("whisper")
    assert (told["languages"]["zho_Hans"]["unit"], told["languages"]["zho_Hans"]["said"]) == ("characters", 5)
    assert told["languages"]["zho_Hans"]["met"] is False  # weights drawn by chance know no Chinese
    assert "Xhosa" in told["languages"]["xho_Latn"]["not_heard"]
    assert told["languages"]["nobody speaks"]["wrong"] == 0


def test_a_recording_that_cannot_be_read_is_told_and_the_others_are_measured(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "torn.wav").write_bytes(b"RIFF\x00\x00 this is no sound")
    path = manifest(tmp_path, ("torn.wav", "en", "Hello."), (str(data / "audio" / "silence_5s.wav"), "-", ""))

    assert main(["evaluate", str(path), "--home", str(tmp_path / "home")]) == FAILED

    out = capsys.readouterr().out
    assert "torn.wav could not be measured" in out
    assert "nobody speaks" in out


def test_a_text_may_be_that_of_another_line(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        ("noisy.wav", "en", "= clean.wav"),
        ("clean.wav", "eng_Latn", "Ask not."),
        ("rain.wav", "-", ""),
        ("hush.wav", "de", ""),
        header=["file", "language", "transcript"],
    )

    read = [(one.name, one.language, one.text) for one in recordings_of(path)]

    assert read == [
        ("noisy.wav", "eng_Latn", "Ask not."), ("clean.wav", "eng_Latn", "Ask not."), ("rain.wav", None, ""),
        ("hush.wav", "deu_Latn", ""),
    ]  # fmt: skip


def test_the_table_of_the_open_recordings_can_be_read(data: Path) -> None:
    read = {one.name: one for one in recordings_of(data / "audio" / "transcripts.csv")}

    assert read["jfk_clipped.wav"].text == read["jfk_inaugural_11s.flac"].text != ""
    assert (read["chinese_short.flac"].language, read["rain_20s.mp3"].language) == ("zho_Hans", None)
    assert all(one.audio.is_file() for one in read.values())


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("a.wav", "klingon", "nuqneH")], "klingon"),
        ([("/nowhere/a.wav", "en", "Hello")], "line 2"),
        ([(f"/{'a' * 5000}.wav", "en", "Hello")], "is not there"),
        ([("a.wav", "-", "Hello")], "without its language"),
        ([("a.wav", "en", "= b.wav")], "b.wav"),
        ([("a.wav", "en", "= b.wav"), ("b.wav", "en", "= a.wav")], "no line with a text of its own"),
        ([("a.wav", "en", "= a.wav")], "no line with a text of its own"),
        ([], "names no recording"),
        ([("", "en", "Hello")], "names no recording"),
    ],
)
def test_a_manifest_that_means_nothing_is_refused_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[tuple[str, str, str]], told: str
) -> None:
    assert main(["evaluate", str(manifest(tmp_path, *rows)), "--home", str(tmp_path / "home")]) == UNUSABLE
    assert told in capsys.readouterr().err


def test_a_manifest_without_its_columns_or_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="file,language,text"):
        recordings_of(manifest(tmp_path, ("a.wav", "en", "Hello"), header=["name", "language", "words"]))
    with pytest.raises(UsageError, match="cannot be read"):
        recordings_of(tmp_path / "none.csv")


@given(st.binary(max_size=300))
def test_no_file_makes_the_reading_of_manifests_crash(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("manifests") / "speech.csv"
    path.write_bytes(b"file,language,text\n" + content)
    try:
        recordings_of(path)
    except UsageError as error:
        assert str(error)
