import pytest

from bot.knowledge.publishers import house, is_government


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("조선일보", "ChosunBiz"),
        ("The Chosun Daily", "朝鮮日報日本語版"),
        ("연합뉴스", "yna.co.kr"),
        ("매일경제", "mk.co.kr"),
        ("日本経済新聞", "Nikkei Asia"),
        ("Example Wire", "example wire"),
        ("etnews.com", "ETNews"),
    ],
)
def test_one_house(a: str, b: str) -> None:
    assert house(a) == house(b)


@pytest.mark.parametrize(
    ("a", "b"), [("조선일보", "중앙일보"), ("MKBHD", "매일경제"), ("Example Wire", "Other Wire"), ("", "Wire")]
)
def test_other_houses(a: str, b: str) -> None:
    assert house(a) != house(b)


def test_the_address_tells_where_the_name_does_not() -> None:
    assert house("Economy desk", "https://biz.chosun.com/1") == "chosun"
    assert house("어느 신문", "https://n.news.naver.com/1") == "어느 신문"
    assert house("", "https://www.example.com/1") == "example"


def test_who_is_the_state() -> None:
    assert is_government("METI", "https://www.meti.go.jp/1")
    assert is_government("korea.kr", "")
    assert not is_government("연합뉴스", "https://www.yna.co.kr/go.kr")
    assert not is_government("x", "https://fake-go.kr.example.com/")
