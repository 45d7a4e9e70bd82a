"""Written lines fall into words, never into pieces of a syllable, and all of them together are the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.transcript.units import units_of

CODES = ("jpn_Jpan", "zho_Hans", "zho_Hant", "tha_Thai", "lao_Laoo", "khm_Khmr", "mya_Mymr", "bod_Tibt")


@pytest.mark.parametrize(
    ("code", "parted"),
    [
        ("jpn_Jpan", "お母さん|が|作っ|て|くれ|た|お弁当|を|食べ|ながら|話そう。"),
        ("zho_Hans", "如果|明天|下雨，|我们|就|不|去|公园|了。"),
        ("zho_Hant", "他們|昨晚|在|河邊|唱歌。"),
        ("tha_Thai", "เรา|ต้อง|ออก|จาก|ที่|นี่"),
        ("khm_Khmr", "ខ្ញុំ|រឿង|ភ្នំ|ពេញ។"),
        ("lao_Laoo", "ຂ້ອຍ|ຮັກ|ພາ|ສາ|ລາວ"),
        ("mya_Mymr", "ယောက်ျား|က|ငါ့|ကို|ပြော|တယ်။"),
        ("bod_Tibt", "བོད་|སྐད་|ཡག་|པོ་|ཡོད།"),
    ],
)
def test_a_line_falls_into_words_or_syllables(code, parted):
    units = [unit for unit, _ in units_of(parted.replace("|", ""), language=code)]

    assert set(_places(units)) <= set(_places(parted.split("|")))
    assert len(units) >= len(parted.split("|")) * 0.7


def _places(parts: list[str]) -> list[int]:
    return [len("".join(parts[:count])) for count in range(len(parts) + 1)]


@given(st.text(alphabet="今日は行っ、。「」我的กขเา่ກາຂ້ខ្ញុំကျွန်တော်བོ་A1 \u200b", max_size=60), st.sampled_from(CODES))
def test_units_are_the_text_and_each_says_something(text, code):
    units = units_of(text, language=code)

    assert "".join(f" {unit}" if spaced else unit for unit, spaced in units).split() == text.split()
    assert all(unit for unit, _ in units)
