"""Where a film's words come from, through the house: beside it, within it, or an ear; or nowhere, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets.planning import verdicts_of
from assets.staleness import Verdict
from ops.subtitles.corrections import Correction
from resources.ledger import Showing
from resources.studio import Studio
from resources.subtitles.corrections import Corrections
from tests.support.subtitled_film import Listener, SubtitleHouse, film_of_sound, open_subtitle_house

SRT = (
    "1\n00:00:00,400 --> 00:00:03,000\n{}\n\n2\n00:00:05,000 --> 00:00:09,000\nask what you can do for your country.\n"
)
SAID = "And so my fellow Americans ask not what your country can do for you ask what you can do for your country."


@pytest.fixture(scope="module")
def films(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A speech of 11 s whose language nothing tells; one whose tag tells a wrong one; a tone."""
    folder, sounds = tmp_path_factory.mktemp("films"), data / "audio"
    jfk = sounds / "jfk_inaugural_11s.flac"
    return {
        "speech": film_of_sound(jfk, folder / "speech.mkv"),
        "french": film_of_sound(jfk, folder / "french.mkv", language="fra"),
        "tone": film_of_sound(sounds / "sine_1khz_minus20dbfs_stereo.wav", folder / "tone.mkv"),
    }


@pytest.fixture(scope="module")
def built(films: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SubtitleHouse]:
    with open_subtitle_house(tmp_path_factory.mktemp("words") / "home", films["speech"]) as house:
        house.make("*")
        house.keep()
        yield house


@pytest.fixture
def house(built: SubtitleHouse) -> Iterator[SubtitleHouse]:
    """The speech, analysed; nothing tells its language, and nothing lies beside it."""
    built.restore()
    yield built
    for beside in built.film.parent.glob("speech.*.srt"):
        beside.unlink()


def heard_by(house: SubtitleHouse, listener: Listener) -> SubtitleHouse:
    return replace(house, studio=house.with_engine(None, listener=listener))


def test_subtitles_beside_the_film_are_used_and_a_change_of_theirs_makes_all_of_it_stale(house: SubtitleHouse):
    beside = house.film.with_name("speech.en.srt")
    beside.write_text(SRT.format("And so, my fellow Americans,"))

    house.make("*")
    assert house.told("transcript", "transcript.json")["source"] == "speech.en.srt"
    assert house.lines("eng_Latn", "en")[0] == "And so, my fellow Americans,"
    assert house.row("eng_Latn").showing is Showing.PUBLISHED
    assert house.make("*").unchanged

    beside.write_text(SRT.format("And so, my dear Americans,"))
    report = house.make("*")

    assert {made.asset for made in report.artifacts if not made.reused} == {"transcript", "subtitles/eng_Latn"}
    assert house.lines("eng_Latn", "en")[0] == "And so, my dear Americans,"


def test_a_film_whose_language_nothing_tells_is_skipped_with_what_to_do_and_is_no_failure(house: SubtitleHouse):
    report = house.make("*", "fra_Latn")

    why = report.skipped["transcript"]
    assert "nothing tells which language is spoken" in why
    assert "--language" in why and "SHOWRUNNER_LANGUAGE" in why and "SHOWRUNNER_RECOGNISER_ENGINE=whisper" in why
    assert report.skipped["subtitles/fra_Latn"] == why
    assert not report.troubled


def test_a_film_in_which_nobody_speaks_is_skipped_and_is_no_failure(house: SubtitleHouse, films: dict[str, Path]):
    quiet = replace(house, film=films["tone"])

    report = quiet.make("*")

    assert report.skipped["transcript"] == "nobody speaks in it."
    assert not report.troubled


def test_asking_for_english_alone_declares_it_where_nothing_else_tells_the_language(house: SubtitleHouse):
    report = house.make("eng_Latn", studio=embedded(house))

    assert not report.troubled and not report.skipped
    assert house.studio.catalogue.title(report.title).language == "eng_Latn"


def embedded(house: SubtitleHouse) -> Studio:
    """The house as it is, but that its own ear is a double: PocketSphinx takes its time."""
    studio = house.with_engine(None)
    studio.engines.__dict__["recogniser"] = Listener(SAID, draft=True)
    return studio


@pytest.mark.parametrize("asked", [["fra_Latn"], ["eng_Latn", "fra_Latn"]])
def test_other_wishes_declare_nothing(house: SubtitleHouse, asked: list[str]):
    report = house.make(*asked)

    assert house.studio.catalogue.title(report.title).language is None
    assert "transcript" in report.skipped


def test_a_tag_of_the_sound_tells_more_than_a_wish(house: SubtitleHouse, films: dict[str, Path]):
    report = replace(house, film=films["french"]).make("eng_Latn")

    assert house.studio.catalogue.title(report.title).language is None
    assert "French is spoken" in report.skipped["transcript"]


def test_subtitles_that_came_with_the_film_tell_more_than_a_wish(house: SubtitleHouse):
    house.film.with_name("speech.fr.srt").write_text(SRT.format("Et donc, mes chers compatriotes,"))

    report = house.make("eng_Latn")

    assert house.studio.catalogue.title(report.title).language is None
    assert "SHOWRUNNER_TRANSLATION_ENGINE" in report.failed["subtitles/eng_Latn"]
    assert replace(house, title=report.title).row("transcript").quality["language"] == "fra_Latn"


def test_a_person_who_declares_another_language_makes_the_transcript_stale(house: SubtitleHouse):
    house.make("eng_Latn", studio=embedded(house), language="eng_Latn")

    report = house.make("*", studio=embedded(house), language="deu_Latn")

    assert "German is spoken" in report.skipped["transcript"]


def test_what_was_heard_unsurely_or_by_the_embedded_ear_is_a_draft(house: SubtitleHouse):
    house.make("eng_Latn", studio=embedded(house))
    assert house.row("eng_Latn").showing is Showing.DRAFT
    assert "its words are a draft" in house.told("eng_Latn")["why"]

    sure = heard_by(house, Listener(SAID, confidence=0.9))
    assert verdicts_of(house.title, sure.studio)["transcript"] is Verdict.STALE
    sure.make("*")
    assert house.row("eng_Latn").showing is Showing.PUBLISHED

    unsure = heard_by(house, Listener(SAID, confidence=0.4, name="double/unsure"))
    unsure.make("*")
    assert house.row("eng_Latn").showing is Showing.DRAFT


def test_a_corrected_word_of_what_was_heard_holds_when_it_is_heard_again(house: SubtitleHouse):
    listening = heard_by(house, Listener(SAID.replace("Americans", "Armenians")))
    listening.make("*")
    house.title = listening.title
    cue, text = next((cue, text) for cue, text in house.cues("eng_Latn").items() if "Armenians" in text)
    mended = Correction("eng_Latn", cue, text, text.replace("Armenians", "Americans"))
    Corrections(house.studio.database).hand_in(house.title, [mended], who="ada", spoken="eng_Latn")

    listening.make("*")

    spoken = " ".join(house.lines("eng_Latn", "en"))
    assert "Americans" in spoken and "Armenians" not in spoken
    assert "Americans" in house.text("transcript", "transcript.txt")
    house.studio.ledger.outdate(house.key("transcript"), "the test asks for it")
    listening.make("*")
    assert " ".join(house.lines("eng_Latn", "en")) == spoken
