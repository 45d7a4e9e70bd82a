"""A sentence that goes on after a pause is told by the ellipsis that its language's guide asks for, or by none."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ops.subtitles.build import cues_from_words
from ops.subtitles.corrections.model import Correction
from ops.subtitles.corrections.words import corrected_words
from ops.subtitles.cue import CueTrack, Reason
from ops.subtitles.profile import profile_named
from ops.transcript.model import Word
from ops.translation.sentences import sentences_of


def spoken(text: str, *, pause_s: float = 2.5, speaker: str = "") -> list[Word]:
    """Words of half a second; "|" is the pause, "@B" another speaker."""
    words, now_s = [], 1.0
    for token in text.split():
        if token == "|":
            now_s += pause_s
        elif token.startswith("@"):
            speaker = token[1:]
        else:
            words.append(Word(token, now_s, now_s + 0.5, speaker=speaker))
            now_s += 0.5
    return words


def cues(words: list[Word], code: str, profile: str = "netflix") -> CueTrack:
    return cues_from_words(
        words,
        language=code,
        rate=Fraction(24),
        cuts=[],
        frames=2400,
        limits=profile_named(profile).limits(code),
        sentences=sentences_of(words, code),
    )


@pytest.mark.parametrize(
    ("code", "profile", "text", "lines"),
    [
        ("eng_Latn", "netflix", "Had I known | who you are. Yes.", ["Had I known…", "who you are. Yes."]),
        ("eng_Latn", "ted", "Had I known | who you are. Yes.", ["Had I known...", "who you are. Yes."]),
        ("deu_Latn", "netflix", "Ich wollte nur | nach Hause. Ja.", ["Ich wollte nur…", "nach Hause. Ja."]),
        ("rus_Cyrl", "netflix", "Если бы я | знал об этом. Да.", ["Если бы я…", "…знал об этом. Да."]),
        ("kor_Hang", "netflix", "나는 그저 | 집에 가요. 네.", ["나는 그저", "집에 가요. 네."]),
        ("arb_Arab", "netflix", "كنت أريد | أن أعود. نعم.", ["كنت أريد", "أن أعود. نعم."]),
    ],
)
def test_what_goes_on_after_a_pause_is_told_as_the_guide_has_it(code, profile, text, lines):
    track = cues(spoken(text), code, profile)

    assert [" ".join(cue.lines) for cue in track.cues] == lines
    assert all(
        any(change.reason is Reason.CONTINUED for change in cue.changes) == ("…" in cue.text or "..." in cue.text)
        for cue in track.cues
    )


@pytest.mark.parametrize(
    "text",
    [
        "Had I known. | Who are you? Yes.",
        "Had I known, | who you are. Yes.",
        "Had I known | Peter came. Yes.",
        "@A Had I known | @B who you are. Yes.",
        "had i known | who you are",
    ],
)
def test_what_ends_or_may_end_gets_none(text):
    assert "…" not in "".join(cue.text for cue in cues(spoken(text), "eng_Latn").cues)


def test_a_pause_shorter_than_two_seconds_is_none():
    assert "…" not in "".join(cue.text for cue in cues(spoken("I knew | nothing. Yes.", pause_s=1.8), "eng_Latn").cues)


def test_a_line_without_room_stays_as_it_is():
    words = spoken("Abcdefghij abcdefghij abcdefghij abcdefghi | no. Yes.")

    assert cues(words, "eng_Latn").cues[0].text == "Abcdefghij abcdefghij abcdefghij abcdefghi"


def test_a_correction_of_a_cue_with_an_ellipsis_corrects_its_words_and_keeps_the_dots_out_of_them():
    words = spoken("Had I known | who you are. Yes.")
    cue = cues(words, "eng_Latn").cues[0]

    done = corrected_words(
        words, [Correction("eng_Latn", cue="one", base_text=cue.text, text="Had she known…", at_s=words[0].start_s)]
    )

    assert [word.text for word in done.words] == ["Had", "she", "known", "who", "you", "are.", "Yes."]
    assert not done.conflicts
