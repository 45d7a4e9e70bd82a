"""Scripts told by real sentences: the first article of the Universal Declaration of Human Rights, or a plain phrase."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.languages.scripts import UNSPACED, script_share, word_spans
from ops.languages.table import languages

TEXTS = {
    "Latn": "All human beings are born free and equal in dignity and rights. Þótt… Đó là số 1!",
    "Cyrl": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
    "Arab": "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. ۱۲ تمام انسان",
    "Deva": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "Beng": "সমস্ত মানুষ স্বাধীনভাবে সমান মর্যাদা এবং অধিকার নিয়ে জন্মগ্রহণ করে।",
    "Guru": "ਸਾਰਾ ਮਨੁੱਖੀ ਪਰਿਵਾਰ ਆਪਣੀ ਮਹਿਮਾ ਵਿੱਚ ਆਜ਼ਾਦ ਪੈਦਾ ਹੋਇਆ ਹੈ।",
    "Gujr": "પ્રતિષ્ઠા અને અધિકારોની દૃષ્ટિએ સર્વ માનવો જન્મથી સ્વતંત્ર અને સમાન હોય છે.",
    "Orya": "ସମସ୍ତ ମନୁଷ୍ୟ ଜନ୍ମକାଳରୁ ସ୍ୱାଧୀନ ଏବଂ ସମାନ।",
    "Taml": "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்.",
    "Telu": "ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరును జన్మతః స్వతంత్రులు.",
    "Knda": "ಎಲ್ಲಾ ಮಾನವರೂ ಸ್ವತಂತ್ರರಾಗಿಯೇ ಜನಿಸಿದ್ದಾರೆ.",
    "Mlym": "മനുഷ്യരെല്ലാവരും തുല്യാവകാശങ്ങളോടും അന്തസ്സോടും സ്വാതന്ത്ര്യത്തോടുംകൂടി ജനിച്ചവരാണ്.",
    "Sinh": "සියලු මනුෂ්‍යයෝ නිදහස්ව උපත ලබා ඇත.",
    "Thai": "มนุษย์ทั้งปวงเกิดมามีอิสระและเสมอภาคกันในศักดิ์ศรีและสิทธิ",
    "Laoo": "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ",
    "Khmr": "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព",
    "Mymr": "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် မွေးဖွားလာသူများ ဖြစ်သည်။",
    "Tibt": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང༌།",
    "Geor": "ყველა ადამიანი იბადება თავისუფალი.",
    "Armn": "Բոլոր մարդիկ ծնվում են ազատ ու հավասար։",
    "Grek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι.",
    "Hebr": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "Ethi": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው።",
    "Hang": "모든 인간은 태어날 때부터 자유로우며 존엄하다.",
    "Jpan": "すべての人間は、生まれながらにして自由であり、コーヒーを飲む。",
    "Hans": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。",
    "Hant": "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心。",
    "Olck": "ᱡᱚᱛᱚ ᱦᱚᱲ ᱜᱮ ᱡᱟᱱᱟᱢ ᱠᱷᱚᱱ ᱯᱷᱩᱨᱜᱟᱹᱞ",
    "Tfng": "ⵉⵎⴷⴰⵏⵏ ⴰⴽⴽⵯ ⵜⵜⵍⴰⵍⵏ ⵙ ⵜⵍⵍⵉ",
}


def test_there_is_a_sentence_of_every_script_that_the_202_languages_are_written_in():
    assert set(TEXTS) == {each.script for each in languages().values()}


@pytest.mark.parametrize("script", TEXTS)
def test_a_sentence_is_wholly_of_its_own_script(script: str):
    assert script_share(TEXTS[script], script) == 1


@pytest.mark.parametrize("script", TEXTS)
def test_a_sentence_is_of_no_other_script(script: str):
    related = {"Hans", "Hant", "Jpan"}
    for other in set(TEXTS) - {script}:
        if not {script, other} <= related:
            assert script_share(TEXTS[script], other) == 0


def test_simplified_and_traditional_are_told_by_the_characters_that_only_one_of_them_writes():
    assert script_share("这个国家的历史", "Hans") == 1
    assert script_share("这个国家的历史", "Hant") == pytest.approx(3 / 7)  # 这个国历 are simplified alone
    assert script_share("這個國家的歷史", "Hant") == 1
    assert script_share("這個國家的歷史", "Hans") < 0.5
    assert script_share("人生大山", "Hans") == script_share("人生大山", "Hant") == 1  # both write it so


def test_santali_is_expected_in_ol_chiki_and_not_in_the_script_of_its_token():
    assert languages()["sat_Beng"].script == "Olck"
    assert script_share(TEXTS["Beng"], "Olck") == 0


def test_korean_with_han_is_korean_writing_and_not_hangul_alone():
    mixed = "大韓民國은 民主共和國이다"
    assert script_share(mixed, "Kore") == 1
    assert script_share(mixed, "Hang") == pytest.approx(3 / 11, abs=0.05)


def test_a_name_in_latin_letters_counts_for_its_share():
    assert script_share("Они смотрят Netflix", "Cyrl") == pytest.approx(10 / 17, abs=0.01)


@pytest.mark.parametrize("text", ["", "12:30", "…!?", "♪ ♪", "🎵"])
def test_what_has_no_letters_is_of_any_script(text: str):
    assert script_share(text, "Latn") == script_share(text, "Thai") == 1


@pytest.mark.parametrize("script", ["Xxxx", "", "latin script", "Latn}|.", "Zzzzz"])
def test_a_script_that_is_none_is_an_error(script: str):
    with pytest.raises(ValueError, match="script"):
        script_share("text", script)


@given(st.text(), st.sampled_from(sorted(TEXTS)))
def test_a_share_is_between_nothing_and_all(text: str, script: str):
    assert 0 <= script_share(text, script) <= 1


@given(st.text(), st.sampled_from(sorted(TEXTS)))
def test_words_stand_in_order_and_hold_every_character_that_is_no_space(text: str, script: str):
    spans = word_spans(text, script)
    assert all(start < end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    held = "".join(text[start:end] for start, end in spans)
    assert "".join(held.split()) == "".join(text.split())


def test_words_are_parted_by_spaces_where_a_script_has_them_and_by_characters_else():
    assert [len(word_spans(TEXTS[script], script)) for script in ("Latn", "Hang", "Olck")] == [17, 6, 6]
    assert len(word_spans("猫は寝ています。", "Jpan")) == 8
    assert [("กำลัง"[start:end]) for start, end in word_spans("กำลัง", "Thai")] == ["กำ", "ลั", "ง"]
    assert {"Thai", "Hans"} <= UNSPACED
    assert not {"Hang", "Arab"} & UNSPACED
