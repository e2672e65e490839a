"""Pictures of charts: every glyph is there, whatever the words are; the same data makes the same bytes; the words say the same."""

import asyncio
import hashlib
import io
import re
import struct
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot import charts
from bot.charts import pictures
from bot.charts.fonts import LONGEST, MISSING, clean
from bot.model import LANGUAGES, Bar, Chart, ChartMoment, ChartRow, Edition, Reply, Series
from bot.store.codec import dump, load
from tests.builders import edition
from tests.charts.generated import HOSTILE
from tests.charts.generated import charts as any_charts
from tests.charts.weeks import charts as week

TITLES = [
    "업스테이지, 일본 법인 설립…‘도쿄를 아시아 거점으로’ (종합) 3조 2,000억 원 → 5.5% ↑",
    "과기정통부·산업부 “AI 3대 강국” 1,000억원 ㈜카카오 ② 韓·日 반도체 협력 [단독] 쿠팡vs네이버 뷔페 똠방각하 쉐쉬",
    "ソフトバンクＧ、堺にAIデータセンター　450億円を助成へ～経産省「GX」①〜③ 髙島屋・﨑陽軒、㈱プリファード",
    "日本AI推進法が成立：罰則なし、8兆円「ラピダス」支援／NTT・KDDI・楽天％＆￥",
    "Rebellions’ IPO — “first” in Tokyo: ₩442.8bn, ¥45bn, €3m, £2m, $18.6bn ± 5% · naïve café Łódź №1 ≥ 10²",
]
tried = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def bar(value: float, said: str = "", **more: object) -> Bar:
    return Bar(value, said or f"{value:g}", **more)  # type: ignore[arg-type]


def plain(*rows: ChartRow, **changes: object) -> Chart:
    made = Chart("bars", "Title", "en", series=(Series("Korea", "KR"),), rows=rows)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sort_of_chart_is_crisp_and_of_a_chat_s_shape_in_both_themes(language: str) -> None:
    made = week(language)
    assert len(made) == 6
    for chart in made:
        light, dark = charts.png(chart), charts.png(chart, dark=True)
        assert size(light) == size(dark) and light != dark
        width, height = size(light)
        assert width == 1080 and 0.25 <= height / width <= 1.6
        assert len(light) < 200_000


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_glyph_of_a_real_title_is_missing(title: str, language: str) -> None:
    assert re.sub(r"\s+", " ", title) == clean(title), "nothing had to be left out"
    charts.png(replace(week(language)[4], title=title))  # a missing glyph is a warning, and that is an error


def test_japanese_comes_from_the_japanese_font_and_korean_from_the_korean() -> None:
    from matplotlib.font_manager import findfont

    from bot.charts.fonts import font

    files = {language: findfont(font(language, 12.0)) for language in LANGUAGES}
    assert files["ja"].endswith("ipaexg.ttf") and files["ko"].endswith("NanumGothic.ttf")
    # 直 and 骨 are drawn otherwise in the two: what Japanese readers see must be theirs.
    ko, ja = (charts.png(plain(ChartRow("직 直骨", (bar(1),)), language=language)) for language in ("ko", "ja"))
    assert ko != ja


@tried
@given(any_charts)
def test_anything_at_all_can_be_drawn_and_said(chart: Chart) -> None:
    width, height = size(charts.png(chart))
    assert width == 1080 and 50 < height < 3000
    assert len(charts.alt(chart)) <= 1000
    assert load(Chart, dump(chart)) == chart


@given(st.one_of(st.text(max_size=700), st.sampled_from(HOSTILE)))
def test_clean_text_is_one_short_line_that_stays_as_it_is(text: str) -> None:
    line = clean(text)
    assert len(line) <= LONGEST and not re.search(r"[\r\n\t\u2028]", line)
    assert clean(line) == line


def test_signs_without_a_glyph_go_and_letters_without_one_are_marked() -> None:
    assert clean("AI 👩‍👩‍👧 반도체🚀") == "AI 반도체"
    assert clean("ᠮ") == MISSING
    assert clean("\u202eabc\u200b") == "abc"
    assert clean("ᄒ\u1161\u11ab국") == "한국"


def test_dollars_and_underscores_are_no_formulas() -> None:
    charts.png(plain(ChartRow(r"$\frac{1}$ and x_{", (bar(1, r"$\sum_$"),)), title=r"$\nonsense{"))


def test_another_process_makes_the_same_bytes_and_loads_the_drawing_library_only_for_them() -> None:
    code = (
        "import hashlib, sys, bot.__main__, bot.app, bot.service\nfrom bot import charts\nfrom tests.charts.weeks import charts as week\n"
        "assert 'matplotlib' not in sys.modules\nprint(hashlib.sha256(b''.join(map(charts.png, week('ja')))).hexdigest())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == hashlib.sha256(b"".join(map(charts.png, week("ja")))).hexdigest()


def test_pictures_are_kept_by_content_and_only_so_many() -> None:
    first = plain(ChartRow("row", (bar(1),)))
    drawn = charts.png(first)
    assert charts.png(load(Chart, dump(first))) is drawn, "drawn once"
    for number in range(charts.KEPT):
        charts.png(Chart("timeline", str(number), "en"))
    again = charts.png(first)
    assert again is not drawn and again == drawn, "given up, and drawn alike"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="pie"):
        charts.png(plain(kind="pie"))


# ---- what lies where ----


def lengths(chart: Chart) -> list[int]:
    """How many pixels of the Korean blue a line of each bar has, from above."""
    blue, found, inside = (0x1B, 0x6C, 0xB0, 255), list[int](), False
    image = Image.open(io.BytesIO(charts.png(chart))).convert("RGBA")
    for y in range(0, image.height, 3):
        count = sum(image.getpixel((x, y)) == blue for x in range(image.width))
        if count > 60 and not inside:
            found.append(count)
        inside = count > 60
    return found


def test_bars_are_as_long_as_their_values() -> None:
    one, two, half = lengths(plain(*(ChartRow(f"row {value}", (bar(value),)) for value in (4, 8, 2))))[-3:]
    assert one / two == pytest.approx(0.5, abs=0.01) and half / one == pytest.approx(0.5, abs=0.02)


# ---- words ----


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_hold_every_figure_that_the_picture_shows(language: str) -> None:
    for chart in week(language):
        told = charts.alt(chart)
        for row in chart.rows:
            assert row.label in told
            for shown in filter(None, row.bars):
                assert shown.said in told and shown.note in told and shown.sure_said in told
        for moment in chart.moments:
            assert moment.when in told and moment.text in told and moment.far in told
        for part in (chart.title, chart.period, chart.unit, chart.mark, *chart.notes, *(one.total for one in chart.series)):
            assert part in told


def test_the_words_of_a_week_read_like_this() -> None:
    stories, amounts, *_ = week("en")
    assert charts.alt(stories).startswith(
        "Stories by topic: Korea and Japan. 16 Nov 2026 – 23 Nov 2026. Korea 30 (+7), Japan 20 (+4). ± against the 7 days before. "
        "Expansion: Korea 4 (−1), Japan 4 (±0). Investment: Korea 5 (+1), Japan 3 (±0)."
    )
    assert "investment: Korea $1.71bn (Planned or announced), Japan $900m (Decided or done)" in charts.alt(amounts)


def test_long_words_end_at_a_row_and_say_how_many_are_missing() -> None:
    many = plain(*(ChartRow(f"회사 {number} " + "이름 " * 20, (bar(number),)) for number in range(40)), language="ko", more=3)
    told = charts.alt(many, 500)
    shown = re.findall(r"회사 \d+", told)
    assert len(told) <= 500 and len(shown) > 3
    assert told.endswith(f"그 밖에 {43 - len(shown)}건.")


def test_values_below_zero_and_far_apart_are_drawn_and_said() -> None:
    chart = plain(ChartRow("loss", (bar(-4e12, "−$4tn"),)), ChartRow("gain", (bar(9e21, "$9,000,000,000tn"),)))
    assert size(charts.png(chart))[0] == 1080
    assert "loss: Korea −$4tn. gain: Korea $9,000,000,000tn." in charts.alt(chart)


def test_moments_of_one_day_stand_below_each_other() -> None:
    day = date(2026, 11, 23)
    chart = Chart("timeline", "One day", "ko", moments=tuple(ChartMoment(day, "오늘", f"일 {n}") for n in range(5)))
    assert size(charts.png(chart))[1] > size(charts.png(replace(chart, moments=chart.moments[:2])))[1]


# ---- files ----


def with_charts(*made: Chart) -> tuple[Reply, Edition]:
    shown = edition(charts=made[1:])
    return Reply(charts=made[:1], edition=shown), shown


async def test_a_reply_gets_the_pictures_of_its_own_and_of_its_edition_s_charts() -> None:
    made = week("en")
    reply, _ = with_charts(*made[:2])
    files = (await pictures.illustrated(reply)).files
    assert [file.name for file in files] == ["stories.png", "amounts.png"]
    assert [file.alt for file in files] == [charts.alt(chart) for chart in made[:2]]
    assert await pictures.illustrated(Reply(title="x")) == Reply(title="x")


async def test_a_picture_that_many_want_at_once_is_drawn_once_whoever_goes_away() -> None:
    chart = plain(ChartRow("wanted by many", (bar(1),)))
    gone = asyncio.create_task(charts.painted(chart))
    await asyncio.sleep(0)
    gone.cancel()
    found = await asyncio.gather(*(charts.painted(chart) for _ in range(20)))
    assert all(one is found[0] for one in found)
    (file,) = await pictures.drawn([chart])
    assert file.content is found[0]


async def test_a_chart_that_cannot_be_drawn_is_left_out_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    good, bad = week("en")[0], plain(kind="pie", name="bad")
    assert [file.name for file in await pictures.drawn([bad, good])] == ["stories.png"]
    assert "chart.failed" in caplog.text
