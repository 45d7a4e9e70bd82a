"""Cultural adaptation: what readers of each language are used to."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.languages.table import languages
from ops.translation.adapt import adapted, adapted_cue
from ops.translation.adapting.locale import locale_of
from ops.translation.adapting.numbers import written
from ops.translation.terms import Units

NBSP = "\u00a0"


def of(text: str, target: str, *, source_text: str = "", source: str = "eng_Latn", **asked) -> str:
    return adapted(text, source_text=source_text, source=source, target=target, **asked)[0]


@pytest.mark.parametrize(
    ("target", "engine", "reader"),
    [
        ("deu_Latn", 'Er sagte "nein".', "Er sagte „nein“."),
        ("deu_Latn", "Er sagte “nein”.", "Er sagte „nein“."),
        ("fra_Latn", 'Il a dit "oui".', f"Il a dit «{NBSP}oui{NBSP}»."),
        ("fra_Latn", "Tu viens? Vite! Non: attends; là.", f"Tu viens{NBSP}? Vite{NBSP}! Non{NBSP}: attends{NBSP}; là."),
        ("fra_Latn", "À 10:30 sur http://a.org/?b=c", "À 10:30 sur http://a.org/?b=c"),
        ("spa_Latn", "Vienes? Oye, ¿y tú? Vamos!", "¿Vienes? Oye, ¿y tú? ¡Vamos!"),
        ("spa_Latn", "- Qué... haces?", "- Qué… ¿haces?"),
        ("rus_Cyrl", 'Он сказал "да"', "Он сказал «да»"),
        ("pol_Latn", 'Powiedział "tak"', "Powiedział „tak”"),
        ("swe_Latn", 'Hon sa "ja"', "Hon sa ”ja”"),
        ("jpn_Jpan", '"はい", 彼は言った.', "「はい」、彼は言った。"),
        ("zho_Hans", "你好, 你好吗? 我3.5岁.", "你好，你好吗？我3.5岁。"),
        ("zho_Hant", '他說"是"!', "他說「是」！"),
        ("arb_Arab", "مرحبا, كيف حالك?", "مرحبا، كيف حالك؟"),
        ("urd_Arab", "میں جا رہا ہوں.", "میں جا رہا ہوں۔"),
        ("hin_Deva", "मैं जा रहा हूँ. डॉ. राम आए.", "मैं जा रहा हूँ। डॉ. राम आए।"),
        ("mar_Deva", "मी जातो.", "मी जातो."),
        ("ell_Grek", "Πού είσαι?", "Πού είσαι;"),
        ("hye_Armn", "Ես գնում եմ.", "Ես գնում եմ։"),
        ("amh_Ethi", "ሰላም, ደህና ነኝ.", "ሰላም፣ ደህና ነኝ።"),
        ("khm_Khmr", "ខ្ញុំទៅ.", "ខ្ញុំទៅ។"),
        ("mya_Mymr", "ငါသွားမယ်.", "ငါသွားမယ်။"),
        ("sat_Beng", "ᱤᱧ ᱪᱟᱞᱟᱜ ᱠᱟᱱᱟ.", "ᱤᱧ ᱪᱟᱞᱟᱜ ᱠᱟᱱᱟ᱾"),
        ("heb_Hebr", 'צה"ל אמר "כן".', 'צה"ל אמר ”כן”.'),
        ("nld_Latn", "Wacht ....", "Wacht …"),
        ("ita_Latn", "Che cosa ? Niente !", "Che cosa? Niente!"),
        ("eng_Latn", "It's 6'2\" tall", "It's 6'2\" tall"),
    ],
)
def test_punctuation_is_the_readers_own(target: str, engine: str, reader: str):
    assert of(engine, target) == reader


def test_a_quotation_that_goes_on_in_the_next_cue_is_left_as_it_is():
    assert of('Er sagte: "Ich komme', "deu_Latn") == 'Er sagte: "Ich komme'


@pytest.mark.parametrize(
    ("target", "reader"),
    [
        ("deu_Latn", "1.500,75"),
        ("fra_Latn", f"1{NBSP}500,75"),
        ("rus_Cyrl", f"1{NBSP}500,75"),
        ("spa_Latn", "1500,75"),
        ("jpn_Jpan", "1,500.75"),
    ],
)
def test_a_number_copied_from_the_source_gets_the_readers_separators(target: str, reader: str):
    assert of("x 1,500.75 x", target, source_text="There are 1,500.75.") == f"x {reader} x"


def test_a_number_that_the_engine_wrote_its_own_way_is_left():
    assert of("Es sind 1.500", "deu_Latn", source_text="It is 1,500") == "Es sind 1.500"


@pytest.mark.parametrize(
    ("target", "reader"),
    [
        ("deu_Latn", "25.12.2020"),
        ("fra_Latn", "25/12/2020"),
        ("jpn_Jpan", "2020/12/25"),
        ("hun_Latn", "2020. 12. 25."),
        ("nld_Latn", "25-12-2020"),
    ],
)
def test_a_date_is_in_the_readers_order(target: str, reader: str):
    assert of("x 12/25/2020 x", target, source_text="on 12/25/2020") == f"x {reader} x"


@pytest.mark.parametrize(
    ("target", "engine", "reader"),
    [
        ("deu_Latn", "um 5:30 p.m. hier", "um 17:30 hier"),
        ("fin_Latn", "kello 5 pm", "kello 17.00"),
        ("deu_Latn", "um 12 am", "um 0:00"),
        ("hin_Deva", "5:30 pm", "5:30 pm"),
    ],
)
def test_hours_are_counted_as_the_reader_does(target: str, engine: str, reader: str):
    assert of(engine, target) == reader


@pytest.mark.parametrize(
    ("target", "said", "engine", "reader"),
    [
        ("deu_Latn", "It's 5 miles.", "Es sind 5 Meilen.", f"Es sind 8{NBSP}km."),
        ("rus_Cyrl", "It's 100 miles.", "Это 100 миль.", f"Это 160{NBSP}км."),
        ("fra_Latn", "70 degrees Fahrenheit", "70 degrés Fahrenheit", f"21{NBSP}°C"),
        ("jpn_Jpan", "6 feet tall", "身長6フィートです", f"身長1.8{NBSP}mです"),
        ("spa_Latn", "60 mph", "60 millas por hora", f"97{NBSP}km/h"),
        ("deu_Latn", "10,000 feet", "10.000 Fuß", f"3000{NBSP}m".replace("3000", "3.000")),
        ("eng_Latn", "5 miles", "5 miles", "5 miles"),
    ],
)
def test_measures_are_those_that_the_reader_counts_in(target: str, said: str, engine: str, reader: str):
    assert of(engine, target, source_text=said) == reader


def test_measures_stay_where_the_title_says_so():
    assert of("Es sind 5 Meilen.", "deu_Latn", source_text="It's 5 miles.", units=Units.KEEP) == "Es sind 5 Meilen."


def test_money_is_no_weight():
    assert of("Das macht 5 Pfund.", "deu_Latn", source_text="That's 5 pounds.") == "Das macht 5 Pfund."


def test_a_japanese_honorific_stays_with_its_name():
    assert (
        of("Wait, Tanaka San!", "eng_Latn", source_text="待って、田中さん！", source="jpn_Jpan") == "Wait, Tanaka-san!"
    )


def test_an_address_that_was_not_asked_for_is_told_of_and_not_rewritten():
    text, notes = adapted(
        "Ich sehe Sie.", source_text="I see you.", source="eng_Latn", target="deu_Latn", formality="informal"
    )

    assert text == "Ich sehe Sie."
    assert notes == ("reads formal, asked for informal",)


def test_a_chinese_cue_ends_without_a_full_stop_and_keeps_the_one_between_its_sentences():
    assert adapted_cue("我来了。你好。", target="zho_Hans") == "我来了。你好"
    assert adapted_cue("Ich komme.", target="deu_Latn") == "Ich komme."


MARKS = st.text(
    alphabet=st.sampled_from([*"aB ñ 12.,:;?!'\"…“”„«»「」-–\u00a0()/", "你", "म", "ि", "ع", "Α", " ", "።", "¿", "¡"]),
    max_size=40,
)


@given(text=MARKS, source_text=MARKS, target=st.sampled_from(sorted(languages())))
def test_adapting_what_is_adapted_changes_nothing(text: str, source_text: str, target: str):
    once = of(text, target, source_text=source_text)
    assert of(once, target, source_text=source_text) == once


@given(text=st.text(max_size=80), target=st.sampled_from(sorted(languages())))
def test_no_text_breaks_it_and_no_letter_is_lost(text: str, target: str):
    letters = [each for each in text if each.isalpha()]
    kept = [each for each in of(text, target) if each.isalpha()]
    assert kept == letters


def test_every_language_of_the_house_has_a_locale():
    for code in languages():
        locale = locale_of(code)
        assert len(locale.quotes) == 2
        assert sorted(each for each in locale.date.lower() if each.isalpha()) == ["d", "m", "y"]


MAJOR = ("deu_Latn", "fra_Latn", "spa_Latn", "ita_Latn", "por_Latn", "nld_Latn", "pol_Latn", "ces_Latn", "rus_Cyrl",
         "ukr_Cyrl", "jpn_Jpan", "swe_Latn", "dan_Latn", "fin_Latn", "tur_Latn", "hin_Deva", "kor_Hang", "zho_Hans",
         "vie_Latn", "hun_Latn", "ell_Grek", "tha_Thai", "ind_Latn", "ron_Latn", "heb_Hebr", "swh_Latn")  # fmt: skip


@pytest.mark.parametrize("code", MAJOR)
def test_numbers_and_dates_are_those_of_cldr(code: str):
    babel = pytest.importorskip("babel", reason="Babel carries CLDR, and is not installed")
    dates, numbers = pytest.importorskip("babel.dates"), pytest.importorskip("babel.numbers")

    locale = babel.Locale.parse(languages()[code].bcp47.replace("-", "_"))
    number = numbers.format_decimal(54321.5, locale=locale, numbering_system="latn").replace("\u202f", NBSP)
    date = dates.format_skeleton("yMd", datetime.date(2020, 2, 3), locale=locale)

    assert written("54321.5", locale_of(code)) == number
    assert of("2/3/2020", code, source_text="2/3/2020") == date
