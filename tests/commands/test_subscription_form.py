"""Forms and words are read back as the subscription they came from, whatever it is."""

from datetime import time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import filled, times, wishes
from bot.commands.names import PLACE_KINDS, near, show_name
from bot.knowledge import register
from bot.model import COUNTRIES, LANGUAGES, Alerts, Channel, Filters, Subscription, Topic

HERE = Channel("slack", "C1", "T1")
NAMES = sorted(entity.id for entity in register.load() if entity.kind not in PLACE_KINDS)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone)
minutes = st.times().map(lambda at: time(at.hour, at.minute))
scores = st.integers(0, 100).map(lambda score: score / 100)
subscriptions = st.builds(
    Subscription,
    id=st.just("c1"),
    channel=st.just(HERE),
    times=st.lists(minutes, min_size=1, max_size=12, unique=True).map(lambda found: tuple(sorted(found))),
    time_zone=st.sampled_from(ZONES),
    language=st.sampled_from(LANGUAGES),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    filters=st.builds(
        Filters,
        topics=st.frozensets(st.sampled_from(list(Topic))),
        countries=st.frozensets(st.sampled_from(COUNTRIES)),
        entities=st.frozensets(st.sampled_from(NAMES), max_size=4),
        min_score=scores,
    ),
    holidays=st.frozensets(st.sampled_from(COUNTRIES)),
    on_holiday=st.sampled_from(filled.ON_HOLIDAY),
    quiet=st.none() | st.tuples(minutes, minutes).filter(lambda ends: ends[0] != ends[1]),
    alerts=st.none() | st.builds(Alerts, min_score=scores, cooldown_minutes=st.integers(0, 1440)),
    mention=st.sampled_from(("", "123456789012345678")),
    publish=st.booleans(),
    charts=st.booleans(),
    name=st.text("abcXYZ 아침朝-", max_size=20).map(lambda name: " ".join(name.split())),
)
EMPTY = Subscription("c1", HERE, ())


@given(subscriptions, st.sampled_from(LANGUAGES))
def test_the_fields_of_a_form_are_read_back_as_the_subscription(one: Subscription, language: str) -> None:
    held = filled.values_of(one, language)
    assert set(held) == set(filled.FIELDS)
    assert filled.read(held, EMPTY, language) == one
    assert filled.read({}, one, language) == one


@given(subscriptions, st.sampled_from(LANGUAGES))
def test_the_words_for_a_subscription_are_read_back_as_it(one: Subscription, language: str) -> None:
    words = wishes.write(filled.values_of(one, language))
    assert filled.read(wishes.read(words, language), EMPTY, language) == one


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    for reader in (times.read_times, times.read_period, times.read_weekdays, times.read_zone):
        try:
            reader(text)
        except ValueError:
            continue


@given(st.text(alphabet='09:시 時am~-월月,="topics x', max_size=40))
def test_words_make_a_valid_form_or_an_error_for_the_person(text: str) -> None:
    try:
        found = filled.read(wishes.read(text, "ja"), Subscription("c1", HERE, (time(9),)), "ja")
    except filled.FormError as wrong:
        assert set(wrong.fields) <= set(filled.FIELDS)
    except wishes.UserError as wrong:
        assert str(wrong)
    else:
        assert found.times and found.weekdays


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7:30 pm", time(19, 30)), ("12am", time(0)), ("12 pm", time(12)), ("오전 12시", time(0)), ("午後6時半", time(18, 30)),
        ("정오", time(12)), ("１８：３０", time(18, 30)), ("24:00", time(0)), ("9시 5분", time(9, 5)),
    ],
)  # fmt: skip
def test_times_of_day_in_three_languages(text: str, expected: time) -> None:
    assert times.read_time(text) == expected


@pytest.mark.parametrize("text", ["9", "25:00", "9:75", "13pm", "0am", "24:30", "9:00:00", "nine"])
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"\d|nine"):
        times.read_time(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [("fri-mon", {4, 5, 6, 0}), ("월수금", {0, 2, 4}), ("月〜金", set(range(5))), ("토요일, 日曜日", {5, 6}), ("Tuesday", {1})],
)
def test_weekdays_in_three_languages(text: str, days: set[int]) -> None:
    assert times.read_weekdays(text) == days


def test_a_name_with_quotes_is_kept_without_them() -> None:
    one = filled.read({"name": ('the “early" one',)}, EMPTY, "en")
    assert one.name == "the early one" and wishes.read(wishes.write({"name": (one.name,)}), "en") == {"name": ("the early one",)}


def test_a_misspelt_name_brings_names_like_it_and_an_unknown_id_is_shown_as_it_is() -> None:
    assert near("Upstge")[0] == "Upstage" and near("업스테이즈") == ["업스테이지"] and near("qqqqqq") == []
    assert show_name("Left The Register", "ko") == "Left The Register"
