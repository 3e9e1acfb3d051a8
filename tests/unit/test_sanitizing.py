"""Formatted text from strangers: nothing hostile is left, nothing harmless is lost."""

import time
from html.parser import HTMLParser
from itertools import islice, product
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livechat_plugin.core.html_cost import MAX_LENGTH
from livechat_plugin.matrix.sanitizing import MAX_GROWTH, sanitize

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/pixel.png'>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<svg><script>alert(1)</script></svg>",
    "<svg onload=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='https://example.org' onclick='alert(1)' style='position:fixed'>x</a>",
    "<div style='background:url(https://evil.example)'>x</div>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href='https://evil.example'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example'>",
    "<form action='https://evil.example'><input name=password><button>x</button></form>",
    "<video src='https://evil.example' autoplay></video><audio src='x'></audio>",
    "<b onmouseover=alert(1)>x</b>",
    "<table background='https://evil.example'><tr><td>x</td></tr></table>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<template><img src=x onerror=alert(1)></template>",
    "<code class='x evil'>x</code>",
    "<span data-mx-color='red' data-evil='x' id='x' class='x'>x</span>",
    "<a name='x' id='x'>x</a>",
    "<mx-reply><script>x</script></mx-reply>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    "<a href='https://matrix.to/#/@anna:example.org'>Anna</a>",
]
TAGS = {"b", "a", "div", "p", "table", "tbody", "tr", "td", "span", "code", "img", "i"}
ATTRIBUTES = {
    "href",
    "rel",
    "data-mx-color",
    "data-mx-bg-color",
    "data-mx-spoiler",
    "data-mx-maths",
    "alt",
    "title",
    "src",
}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Reader()
    reader.feed(html)
    return reader.found


def safe(html: str) -> str:
    clean = sanitize(html)
    assert clean is not None
    return clean


def assert_harmless(html: str) -> None:
    for tag, attributes in tags(html):
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES
        assert str(attributes.get("href", "https:")).split(":")[0] in {"https", "http", "mailto", "ftp"}
        assert str(attributes.get("src", "mxc:")).startswith("mxc:")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_is_left(html: str) -> None:
    clean = safe(html)
    assert_harmless(clean)
    assert "matrix.to" not in clean


@given(st.lists(st.sampled_from([*HOSTILE, "<", ">", "'", '"', "<b>", "</b>", "&lt;", "x"]), max_size=6))
def test_nothing_hostile_is_left_of_any_mixture(parts: list[str]) -> None:
    clean = safe("".join(parts))
    assert_harmless(clean)
    assert safe(clean) == clean


@pytest.mark.parametrize(
    "html",
    [
        "plain &amp; simple",
        "<b>b</b><strong>s</strong><i>i</i><em>e</em><u>u</u><s>s</s><del>d</del><sup>1</sup><sub>2</sub>",
        "<h1>1</h1><h6>6</h6><p>p</p><blockquote>q</blockquote><hr>",
        "<ul><li>one</li></ul>",
        '<ol start="3"><li>three</li></ol>',
        '<pre><code class="language-python">x</code></pre>',
        '<span data-mx-spoiler="why">x</span>',
        '<span data-mx-color="#ff0000" data-mx-bg-color="#000000">x</span>',
        '<img src="mxc://example.org/1" alt="cat" title="cat" width="1" height="1">',
        "<details><summary>s</summary>d</details>",
        "<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>d</td></tr></tbody></table>",
    ],
)
def test_what_the_specification_allows_stays(html: str) -> None:
    assert tags(safe(html)) == tags(html)


@pytest.mark.parametrize(
    "address", ["https://example.org/?a=1", "http://x", "mailto:a@example.org", "ftp://x"]
)
def test_links_stay_and_open_on_their_own(address: str) -> None:
    [(tag, attributes)] = tags(safe(f'<a href="{address}">x</a>'))
    assert (tag, attributes) == ("a", {"href": address, "rel": "noopener"})


@pytest.mark.parametrize(
    "address",
    [
        "https://matrix.to/#/@anna:example.org",
        "https://matrix.to/#/%40anna:example.org",
        "HTTPS://MATRIX.TO/#/@anna:example.org",
        "http://matrix.to/#/@anna:example.org",
        " https://matrix.to/#/@anna:example.org",
        "https://matrix.to/#/@anna:example.org?via=example.org",
        "matrix:u/anna:example.org",
    ],
)
def test_a_mention_keeps_the_name_and_loses_the_id(address: str) -> None:
    clean = safe(f'Hello <a href="{address}">Anna</a>')
    assert "Anna" in clean
    assert "anna" not in clean


def test_a_room_may_be_linked() -> None:
    assert "#/#room:example.org" in safe('<a href="https://matrix.to/#/#room:example.org">room</a>')


def test_the_quoted_fallback_of_a_reply_goes_altogether() -> None:
    assert safe("<mx-reply><blockquote>secret</blockquote></mx-reply>answer") == "answer"


NAMES = ["".join(letters) for letters in islice(product(ascii_lowercase, repeat=3), 8000)]
"""Attributes, each another one: formatting that differs in them is opened again any number of times."""
OPEN = [f"<b {name}>" for name in NAMES]
EXPENSIVE = {
    "reopened in every paragraph": "".join(f"<p>{b}" for b in OPEN[:3000]),
    "reopened in closed paragraphs": f"<p>{''.join(OPEN[:90])}</p>" + "<p>x</p>" * 3000,
    "many attributes reopened": f"<p><b {' '.join(NAMES[:4000])}></p>" + "<p>x</p>" * 1500,
    "a long address reopened": f'<p><a href="{"x" * 16_000}"></p>' + "<p>x</p>" * 1500,
    "hidden in a comment": "".join(f"<p>{b}<!--</b>-->" for b in OPEN[:1500]),
    "hidden in a text area": f'<textarea><b a="</textarea>{"".join(f"<p>{b}" for b in OPEN[:2000])}">',
    "closed in a table only": "".join(f"{b}<table><td></b></table>" for b in OPEN[:500]) + "<p>" * 4000,
    "closed where it is not open": "".join(f"<p>{b}</i></p>" for b in OPEN[:1500]),
    "deeply nested": "<div>" * 6_000,
    "deeply nested lists": "<ul><li>" * 4_000,
    "nested tables": "<table><tr><td>" * 2_000,
    "nested links": "<a href=x>" * 3_000,
    "more and more text": "<p>x</p>" * 100_000,
    "escaped characters": "&" * MAX_LENGTH,
}
LARGE = {
    "paragraphs": '<p>Hello <b>you</b>, <a href="https://example.org/?a=1&amp;b=2">this</a>!<br/></p>\n'
    * 300,
    "a table": f"<table>{'<tr><td><code>x</code></td><td><strong>y</strong></td></tr>' * 500}</table>",
    "colours": '<font color="#f00"><span data-mx-color="#f00">x</span></font>' * 450,
    "a quoted answer": f"<mx-reply><blockquote>{'<em>x</em> ' * 2000}</blockquote></mx-reply>yes",
    "less than": "1 < 2 and 2 <3, <b>always</b>. " * 900,
}


@pytest.mark.parametrize("html", EXPENSIVE.values(), ids=EXPENSIVE)
def test_html_that_costs_too_much_goes_at_once(html: str) -> None:
    began = time.process_time()
    assert sanitize(html) is None
    assert time.process_time() - began < 0.2


@pytest.mark.parametrize("html", LARGE.values(), ids=LARGE)
def test_large_ordinary_html_stays(html: str) -> None:
    assert sanitize(html)


@given(st.lists(st.sampled_from([*OPEN[:30], "<p>", "</p>", "</b>", "<table>", "<td>", "<a href='x'>", "x"])), st.integers(1, 600))  # fmt: skip
def test_safe_html_is_never_many_times_as_long(parts: list[str], times: int) -> None:
    html = "".join(parts) * times
    clean = sanitize(html)
    assert clean is None or len(clean) <= MAX_GROWTH * len(html) + 500
