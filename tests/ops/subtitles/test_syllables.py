"""Scripts whose words no dictionary here tells: no break parts a syllable, and most breaks of a dictionary are there.

Words ("|") are parted as ICU 72's dictionaries part them for UAX #14's class SA, recorded; within its words syllables
("·") are marked by hand.
"""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.grammar import FORBIDDEN
from ops.subtitles.linebreak import lines_of
from ops.subtitles.profile import profile_named
from ops.subtitles.unspaced import unspaced_breaks

SENTENCES = [
    ("Khmr", "ខ្ញុំ|ស្រ·ឡាញ់|ភា·សា·ខ្មែរ|និង|ទី·ក្រុង|ភ្នំ·ពេញ។"),
    ("Khmr", "គាត់|មិន·ដែល|ប្រាប់|ខ្ញុំ|អំ·ពី|រឿង|នោះ|ទេ"),
    ("Khmr", "ព្រោះ|គាត់|ខ្លាច|ថា|ខ្ញុំ|នឹង|ខឹង"),
    ("Laoo", "ຂ້ອຍ|ຮັກ|ພາ·ສາ|ລາວ|ແລະ|ໃຫຍ່|ຫນັງ·ສື|ຄວາມ·ສຸກ"),
    ("Laoo", "ເຈົ້າ|ບໍ່·ເຄີຍ|ບອກ|ຂ້ອຍ|ກ່ຽວ·ກັບ|ເລື່ອງ|ນັ້ນ"),
    ("Laoo", "ເພາະ·ວ່າ|ລາວ|ຢ້ານ·ວ່າ|ຂ້ອຍ|ຈະ|ໃຈ·ຮ້າຍ"),
    ("Mymr", "ကျွန်·တော်|မြန်·မာ|စ·ကား·ပြော|တတ်|ပါ|တယ်။"),
    ("Mymr", "ယောက်ျား|သင်္ဘော"),
    ("Mymr", "သူ|က|ငါ့|ကို|ဘယ်·တုန်း·က|မှ|မ|ပြော|ခဲ့|ဘူး"),
    ("Tibt", "བོད་|སྐད་|ཡག་|པོ་|ཡོད།|ང་|ཚོ་|འགྲོ།"),
]


def marked(sentence: str) -> tuple[str, set[int], set[int]]:
    """The text, where its words end, and where its syllables do."""
    text, words, syllables = "", set(), set()
    for part in regex.split(r"([|·])", sentence):
        if part in "|·":
            syllables.add(len(text))
            words |= {len(text)} if part == "|" else set()
        else:
            text += part
    return text, words, syllables


@pytest.mark.parametrize(("script", "sentence"), SENTENCES)
def test_no_break_parts_a_syllable(script, sentence):
    text, _, syllables = marked(sentence)

    allowed = {at for at, penalty in unspaced_breaks(text, script).items() if penalty < FORBIDDEN}

    assert allowed <= syllables


@pytest.mark.parametrize("script", ["Khmr", "Laoo", "Mymr", "Tibt"])
def test_most_places_that_a_dictionary_allows_are_allowed(script):
    found = known = 0
    for sentence in (text for code, text in SENTENCES if code == script):
        text, words, _ = marked(sentence)
        breaks = unspaced_breaks(text, script)
        found += sum(breaks.get(at, FORBIDDEN) < FORBIDDEN for at in words)
        known += len(words)

    assert found / known > 0.85


@pytest.mark.parametrize(
    ("code", "profile", "lines"),
    [
        ("khm_Khmr", "shorts", ("គាត់មិនដែលប្រាប់ខ្ញុំអំពីរឿងនោះទេ", "ព្រោះគាត់ខ្លាចថាខ្ញុំនឹងខឹង")),
        ("lao_Laoo", "netflix", ("ເຈົ້າບໍ່ເຄີຍບອກຂ້ອຍກ່ຽວກັບເລື່ອງນັ້ນ", "ເພາະວ່າລາວຢ້ານວ່າຂ້ອຍຈະໃຈຮ້າຍ")),
    ],
)
@pytest.mark.parametrize("space", [" ", "\u200b"])
def test_a_space_is_the_better_place(code, profile, lines, space):
    assert lines_of(space.join(lines), profile_named(profile).limits(code)) == lines


@pytest.mark.parametrize(
    ("script", "before", "after"),
    [
        ("Khmr", "ទៅ", "។"),
        ("Khmr", "ផ្សេង", "ៗ"),
        ("Khmr", "ប្រា", "ប់"),
        ("Laoo", "ຫ", "ນັງ"),
        ("Laoo", "ກ", "ວາງ"),
        ("Laoo", "ຕ່າງ", "ໆ"),
        ("Mymr", "ပြ", "ဿနာ"),
        ("Mymr", "သူ", "၏"),
        ("Tibt", "བོད", "་སྐད"),
        ("Tibt", "ཡོད", "།"),
        ("Thai", "ให", "ญ่"),
    ],
)
def test_what_follows_stays_with_what_it_follows(script, before, after):
    assert unspaced_breaks(before + after, script).get(len(before), FORBIDDEN) >= FORBIDDEN


_ALPHABETS = {"Khmr": "កខញងប់ាុំ្េ។ៗ០", "Laoo": "ກຂງວຫນເໄາະັ້ຽໆ", "Mymr": "ကခန်္ျြာို့းဿ၏။", "Tibt": "ཀཁསྐོད་།༎"}


@given(st.sampled_from(sorted(_ALPHABETS)).flatmap(lambda one: st.tuples(st.just(one), st.text(_ALPHABETS[one]))))
def test_no_line_begins_with_what_unicode_forbids_at_its_beginning(case):
    script, text = case
    forbidden = regex.compile(r"[\p{M}\p{LB=BA}\p{LB=EX}\p{LB=NS}\p{LB=CL}]")

    allowed = [at for at, penalty in unspaced_breaks(text, script).items() if penalty < FORBIDDEN]

    assert not any(forbidden.match(text[at]) for at in allowed)
