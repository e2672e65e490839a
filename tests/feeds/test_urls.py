from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.feeds.urls import LONGEST, canonical, parse

ODD = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(["http://", "https://", "HTTP:\\\\", "//", "http:/", "", " https://", "ftp://"]),
        st.sampled_from(
            ["example.com", "한국.kr", "１２７.0.0.1", "[::1]", "[", "a@b", "m.www.x.kr", "%65xample.com", "x:99999", "x.:80"]
        ),
        st.text(alphabet="/.%2eE5aｱ가?&=#;\\|<>()'\" \t\ud800\udcb0", max_size=30),
        st.sampled_from(["", "?utm_source=a&b=1", "?ref=rss", "?url=https://www.google.com/url?url=http://x.kr", "&amp;utm_x=1"]),
        st.text(max_size=10),
    ),
)


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("HTTP://Example.COM:80/a?b=1#c", "http://example.com/a?b=1"),
        ("  https://example.com:443 \n", "https://example.com/"),
        ("https://example.com:8443/x", "https://example.com:8443/x"),
        ("https://example.com/a?utm_source=rss&id=7&UTM_Medium=x&fbclid=1&gclid=2", "https://example.com/a?id=7"),
        ("https://example.com/a?amp;utm_campaign=x&id=7", "https://example.com/a?id=7"),
        ("https://example.com/a?ref=rss&source=rss&from=RSS", "https://example.com/a"),
        ("https://example.com/a?ref=abc&source=web&from=2026", "https://example.com/a?ref=abc&source=web&from=2026"),
        ("https://example.com/?feed=rss2", "https://example.com/?feed=rss2"),
        ("//example.com/a", "https://example.com/a"),
        ("https://example.com/가 나/도쿄", "https://example.com/%EA%B0%80%20%EB%82%98/%EB%8F%84%EC%BF%84"),
        ("https://example.com/%b0%a1", "https://example.com/%B0%A1"),
        ("https://example.com/%41%2d%2f", "https://example.com/A-%2F"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://도쿄지사.한국/", "https://xn--hq1bu8vg5g8ng.xn--3e0b707e/"),
        ("https://日本語.jp/記事", "https://xn--wgv71a119e.jp/%E8%A8%98%E4%BA%8B"),
        ("http://ⓔⓧⓐⓜⓟⓛⓔ.ⓒⓞⓜ", "http://example.com/"),
        ("http://１２７.０.０.１/", "http://127.0.0.1/"),
        ("https://example.com/a/./b/../c", "https://example.com/a/c"),
        ("https://example.com/a/%2e%2e/%2E/../c/..", "https://example.com/"),
        ("https://example.com\\a\\b", "https://example.com/a/b"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://[2001:DB8::0:1]/a", "https://[2001:db8::1]/a"),
        ('https://example.com/a|b>c<d"e(f)', "https://example.com/a%7Cb%3Ec%3Cd%22e%28f%29"),
        ("\ufeffhttps://example.com/\u200b", "https://example.com/"),
        ("https://example.com/a\nb", "https://example.com/ab"),
        ("https://www.google.com/url?rct=j&sa=t&url=https://example.com/x%3Fa%3D1&ct=ga", "https://example.com/x?a=1"),
        ("http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fexample.com%2fx", "https://example.com/x"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert%281%29"),
    ],
)
def test_canonical(given_url: str, expected: str) -> None:
    assert canonical(given_url) == expected


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "   ",
        "example.com/a",
        "/relative",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "gopher://localhost:25/_MAIL",
        "mailto:a@example.com",
        "https://user:pass@example.com/",
        "https://user@example.com/",
        "https://example.com\uff20evil.example/",
        "http://",
        "http:///path",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com:ab/",
        "https://exa mple.com/",
        "https://exa<mple.com/",
        "https://-example.com/",
        "https://a..b/",
        "https://" + "a" * 64 + ".com/",
        "https://" + "a." * 150 + "com/",
        "https://example.com/" + "a" * LONGEST,
        "https://example.com/" + "가" * (LONGEST // 2),
    ],
)
def test_what_is_no_link(bad: str) -> None:
    assert canonical(bad) is None


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://example.com/feed/", "../news/1?utm_source=x", "https://example.com/news/1"),
        ("https://example.com/feed/", "//cdn.example.com/a", "https://cdn.example.com/a"),
        ("http://example.com/feed/", "//cdn.example.com/a", "http://cdn.example.com/a"),
        ("https://example.com/feed/", "?id=3", "https://example.com/feed/?id=3"),
        ("https://example.com/feed/", "http://other.example/", "http://other.example/"),
        ("https://example.com/feed/", "javascript:alert(1)", None),
        ("not a url", "/x", None),
    ],
)
def test_resolves_against_a_base(base: str, url: str, expected: str | None) -> None:
    assert canonical(url, base) == expected


@given(ODD)
@example("http://a/%%34%31")
@example("http://a/\ud800")
@example(
    "https://www.google.com/url?url="
    + quote("https://www.google.com/url?url=" + quote("https://www.google.com/url?q=http://x.kr"))
)
def test_canonical_is_a_fixed_point_and_safe_to_click(text: str) -> None:
    once = canonical(text)
    if once is None:
        return
    assert canonical(once) == once
    assert once.isascii() and not set(once) & set(" <>\"'`|()[]{}\\^\n") - set("[]" if "[" in once.split("/")[2] else "")
    assert once.startswith(("http://", "https://")) and "@" not in once.split("/")[2] and "#" not in once


@given(ODD, ODD)
def test_any_base_will_do(url: str, base: str) -> None:
    joined = canonical(url, base)
    assert joined is None or canonical(joined) == joined


def test_parts_name_the_effective_port() -> None:
    parts = parse("https://example.com/a?b")
    assert parts is not None and (parts.port, parts.origin) == (443, "example.com")


@given(
    st.sampled_from(["http", "https"]),
    st.text(alphabet="aw0-._", min_size=1, max_size=12),
    st.sampled_from(["", ":80", ":443", ":8080", ":0", ":65535", ":65536", ":99999"]),
    st.text(alphabet="/.a~;:@=", max_size=12).map("/".__add__) | st.just(""),
    st.text(alphabet="?&=a/;#!", max_size=12),
)
@example("https", "x.kr", "", "/a/../b/.", "?a=1#b?c")
def test_the_quick_way_for_plain_links_reads_what_the_careful_one_reads(
    scheme: str, host: str, port: str, path: str, rest: str
) -> None:
    url = f"{scheme}://{host}{port}{path}{rest}"
    assert parse(url) == parse(f" {url}")  # with white space around it, a link is read carefully
