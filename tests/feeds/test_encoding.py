"""Bytes become the right text, whatever the declaration and the header say."""

import pytest

from bot.feeds.encoding import decode

KOREAN = "업스테이션, 도쿄에 사무소… 똠방각하도 읽는다"
JAPANESE = "架空省、AI基盤の電力支援を拡充へ。データセンター①を建設"
DECLARATIONS = ("euc-kr", "ks_c_5601-1987", "Shift_JIS", "EUC-JP", "utf-8", "iso-8859-1", "no-such-code", None)
HEADERS = (None, "text/xml; charset=utf-8", "text/xml; charset=iso-8859-1", 'application/rss+xml; charset="EUC-KR"')


def document(text: str, declared: str | None) -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f"{declaration}<rss><channel><item><title>{text}</title></item></channel></rss>"


@pytest.mark.parametrize("declared", DECLARATIONS)
@pytest.mark.parametrize(
    ("text", "codec", "language"),
    [
        (KOREAN, "cp949", "ko"),
        (KOREAN, "utf-8", "ko"),
        (KOREAN, "utf-16", ""),
        (JAPANESE, "cp932", "ja"),
        (JAPANESE, "euc_jis_2004", "ja"),
        (JAPANESE, "cp932", ""),
        (JAPANESE, "utf-8-sig", "ja"),
        ("한국", "euc_kr", "ko"),
    ],
)
def test_the_bytes_decide(text: str, codec: str, language: str, declared: str | None) -> None:
    for header in HEADERS:
        assert text in decode(document(text, declared).encode(codec), header, language)[0], header


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("Türkiye'de yapay zekâ düzenlemesi açıklandı", "iso8859-9", "iso-8859-9"),
        ("Новости Оренбурга", "cp1251", "windows-1251"),
        ("人工智能产业发展规划", "gb18030", "gb2312"),
        ("人工智慧產業", "big5", "big5"),
        ("Café société générale", "cp1252", None),
        ("経産省、AIの研究会を開催", "iso2022_jp", "iso-2022-jp"),
        ("경제 산업", "iso2022_kr", None),
    ],
)
def test_other_encodings(text: str, codec: str, declared: str | None) -> None:
    assert text in decode(document(text, declared).encode(codec))[0]


def test_one_bad_byte_costs_one_character_only() -> None:
    body = document(KOREAN * 3, "utf-8").encode()
    broken = body.replace("도쿄".encode(), b"\xeb\x8f\xff" + "쿄".encode(), 1)
    text, codec = decode(broken)
    assert codec == "utf-8"
    assert text.count("\ufffd") == 2 and text.count("도쿄") == 2
    assert text.replace("\ufffd\ufffd", "도") == document(KOREAN * 3, "utf-8")


def test_one_bad_byte_in_korean_double_bytes_does_not_change_the_encoding() -> None:
    body = document(KOREAN * 5, "euc-kr").encode("cp949")
    text, codec = decode(body.replace(b"</title>", b"\xff</title>"), None, "ko")
    assert codec == "cp949" and KOREAN in text


def test_a_header_without_declaration_is_believed_where_the_bytes_agree() -> None:
    body = document("새 소식", None).encode("cp949")
    assert "새 소식" in decode(body, "text/xml; charset=EUC-KR")[0]


@pytest.mark.parametrize("codec", ["euc_jp", "cp932"])
def test_the_feeds_language_decides_where_the_bytes_could_be_either(codec: str) -> None:
    assert "日本経済" in decode(document("日本経済", None).encode(codec), None, "ja")[0]


def test_nothing_is_raised_for_noise() -> None:
    for body in (b"", b"\x00", bytes(range(256)) * 10, b"\xff\xfe\x00", b"<?xml encoding='rot13'?>\xff"):
        assert isinstance(decode(body)[0], str)
