"""Charts of any kind for Hypothesis: hostile words, none and many rows, values of any size."""

from datetime import date

from hypothesis import strategies as st

from bot.model import LANGUAGES, Bar, Chart, ChartMoment, ChartRow, Series

HOSTILE = [
    r"$\frac{1}{0}$ 100$ or $x_i^2$ _a_ {b} \\alpha",
    "$" * 9,
    "긴 이름 " * 60,
    "東京都千代田区" * 50,
    "NameWithoutAnySpace" * 20,
    "👩‍👩‍👧‍👦 🇰🇷 emoji 😀",
    "\u202egnp.exe\u202c \u2066rtl\u2069",
    "שלום עולם, مرحبا بالعالم, Привет, 你好世界, สวัสดี, 𠮷野家, ｱｲｳ, ㈜업스테이지, 뷁",
    "z" + "\u0336" * 60,
    "a\u200b\u2060\ufeffb\x00\x1b[31m\ud800",
    "ᄒ\u1161\u11ab",
    "line\nbreak\r\n\ttab\u2028",
    "",
    " ",
    "@everyone <!channel> <script>alert(1)</script> [x](http://x)",
]
words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))
values = st.one_of(
    st.sampled_from([0.0, -3.0, 1.0, 1e-9, 1e21, -1e21, 4.5e10]), st.floats(-1e18, 1e18, allow_nan=False, allow_infinity=False)
)
tones = st.sampled_from(["KR", "JP", "both", "ko", "ja", "en", "", "XX"])
maybe = st.one_of(st.none(), values)
bars = st.one_of(st.none(), st.builds(Bar, values, words, maybe, maybe, words, words))
moments = st.builds(ChartMoment, st.dates(date(1900, 1, 1), date(2200, 1, 1)), words, words, tones, words)
_heads = {
    "title": words,
    "language": st.sampled_from(LANGUAGES),
    "period": words,
    "unit": words,
    "notes": st.lists(words, max_size=3).map(tuple),
    "more": st.integers(0, 9),
}
barred = st.integers(1, 3).flatmap(
    lambda many: st.builds(
        Chart,
        st.just("bars"),
        series=st.lists(st.builds(Series, words, tones, words), min_size=many, max_size=many).map(tuple),
        rows=st.lists(st.builds(ChartRow, words, st.lists(bars, min_size=many, max_size=many).map(tuple), tones), max_size=9).map(
            tuple
        ),
        solid=words,
        light=words,
        mark=words,
        name=st.just("one"),
        **_heads,
    )
)
timelines = st.builds(
    Chart,
    st.just("timeline"),
    moments=st.lists(moments, max_size=9).map(lambda some: tuple(sorted(some, key=lambda one: one.day))),
    today=st.one_of(st.none(), st.just(date(2026, 11, 23))),
    name=st.just("two"),
    **_heads,
)
charts = st.one_of(barred, timelines)
some_charts = st.tuples(barred, timelines).flatmap(lambda both: st.sampled_from([(), both[:1], both]))
