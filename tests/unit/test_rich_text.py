"""What people wrote comes into our pages as words and links, and as nothing that acts."""

import time
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup, Tag

from livechat_plugin.core.content import Text
from livechat_plugin.web import rich_text
from livechat_plugin.web.rich_text import text_as_html, with_links, words_as_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    '<img src=x onerror="alert(1)">',
    "<img src='mxc://example.org/spy'>",
    "<svg onload=alert(1)><circle/></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa\tScRiPt:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="/console/sign-out">x</a>',
    '<a href="//evil.example/">x</a>',
    '<a href="?a=b" onclick="alert(1)">x</a>',
    '<a href="https://x.example" target="_self" rel="opener" ping="https://evil.example">x</a>',
    '<p style="position:fixed;inset:0">x</p>',
    '<p id="main" class="composer" hx-get="/console/sign-out" hx-trigger="load" data-live="operators">x</p>',
    '<form action="https://evil.example"><input name=password><button formaction=javascript:alert(1)>x</button></form>',
    '<iframe src="https://evil.example"></iframe>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='x'></object><embed src='x'>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    "<style>*{display:none}</style>",
    "<video><source onerror=alert(1)></video>",
    "<details open ontoggle=alert(1)>x</details>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<mx-reply><a href='https://matrix.to/#/@anna:example.org'>Anna</a></mx-reply>",
    "<!--><img src=x onerror=alert(1)>-->",
    '<p title="`<script>alert(1)</script>`">x</p>',
    "<table background='javascript:alert(1)'><tr><td>x",
    "<span data-mx-color='red;background:url(//evil.example)'>x</span>",
    "</li></ol></div><h1>Sign in again</h1><form>",
    "<code class='language-x composer'>x</code>",
]
ALLOWED_TAGS = set(
    """
    a b blockquote br caption code del details div em hr i li ol p pre s span strong sub summary sup table tbody
    td th thead tr u ul
    """.split()  # noqa: SIM905 - words are read best as words
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_acts_comes_into_the_page(attack: str) -> None:
    for html in (attack, f"<b>{attack}", attack * 3):
        made = BeautifulSoup(f"<div>{words_as_html('words', html)}</div>", "html.parser")
        [frame] = made.find_all(recursive=False)
        assert len(made.contents) == 1, "it stays within its place"
        assert isinstance(frame, Tag)
        for tag in frame.find_all():
            assert tag.name in ALLOWED_TAGS, tag
            if tag.name == "a":
                assert str(tag.get("href", "https://")).startswith(("https://", "http://", "mailto:", "tel:"))
                assert tag["target"] == "_blank"
                assert {"noopener", "noreferrer"} <= set(tag["rel"])
                assert set(tag.attrs) <= {"href", "target", "rel"}
            elif tag.attrs:
                assert set(tag.attrs) <= {"start", "data-mx-spoiler"} or tag.attrs == {"class": ["heading"]}
        assert "alert(1)" not in "".join(str(tag.attrs) for tag in frame.find_all())


@pytest.mark.parametrize("attack", ATTACKS)
def test_plain_words_stay_words(attack: str) -> None:
    made = BeautifulSoup(str(text_as_html(Text(attack))), "html.parser")
    assert made.get_text() == attack
    assert {tag.name for tag in made.find_all()} <= {"a"}


def test_formatting_is_kept() -> None:
    html = "<p><strong>Now</strong> <em>please</em></p><ul><li>one</li></ul><pre><code>x &lt; y</code></pre>"
    assert words_as_html("Now please", html) == html


def test_a_heading_is_none_of_the_page() -> None:
    assert words_as_html("Hi", "<h1>Hi</h1>") == '<div class="heading">Hi</div>'


def test_html_that_costs_too_much_is_shown_as_plain_text() -> None:
    assert words_as_html("plain", "<b>" * 5000) == "plain"


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("see https://example.org/a?b=c&d=e.", "https://example.org/a?b=c&d=e"),
        ("(http://example.org/x)", "http://example.org/x"),
        ("https://en.wikipedia.org/wiki/Pump_(device), yes", "https://en.wikipedia.org/wiki/Pump_(device)"),
        ("HTTPS://EXAMPLE.ORG!", "HTTPS://EXAMPLE.ORG"),
    ],
)
def test_an_address_can_be_followed(words: str, address: str) -> None:
    made = BeautifulSoup(f"<p>{with_links(words)}</p>", "html.parser")
    [link] = made.find_all("a")
    assert link["href"] == address
    assert made.get_text() == words


@pytest.mark.parametrize(
    "words", ["javascript:alert(1)", "xhttps://x", "https://", "ftp://x", "no link & nothing <b>"]
)
def test_what_is_no_address_is_no_link(words: str) -> None:
    made = BeautifulSoup(f"<p>{with_links(words)}</p>", "html.parser")
    assert made.find("a") is None
    assert made.get_text() == words


def links(html: str) -> list[tuple[str, str]]:
    found = BeautifulSoup(words_as_html("", html), "html.parser").find_all("a")
    return [(str(link["href"]), link.get_text()) for link in found]


def test_addresses_among_formatted_words_can_be_followed() -> None:
    assert links("<p><b>Look</b> at https://x.example/a?b=1&amp;c=2, please</p>") == [
        ("https://x.example/a?b=1&c=2", "https://x.example/a?b=1&c=2")
    ]


def test_what_is_a_link_or_code_already_is_left_as_it_is() -> None:
    assert links('<a href="https://x.example/">https://y.example/</a>') == [
        ("https://x.example/", "https://y.example/")
    ]
    assert links("<pre><code>curl https://x.example/</code></pre>") == []
    assert links("<code>a</code> https://x.example/") == [("https://x.example/", "https://x.example/")]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://x.example/>https://y.example/ onclick=alert(1)">x</a>',
        '<span data-mx-spoiler="a>b https://y.example/ c"><i>x</i></span>',
        "<p>&lt;a href=&quot;https://y.example/&quot; onclick=&quot;alert(1)&quot;&gt;</p>",
        "<p title='>'>&gt; https://y.example/\"onmouseover=alert(1) x</p>",
    ],
)
def test_looking_for_addresses_lets_nothing_out_of_its_quotes(html: str) -> None:
    page = BeautifulSoup(words_as_html("", html), "html.parser")
    for element in page.select("*"):
        assert isinstance(element, Tag)
        assert not [name for name in element.attrs if name.startswith("on")], element
        assert set(element.attrs) <= {"href", "rel", "target", "data-mx-spoiler"}, element


def test_addresses_that_end_in_many_brackets_take_no_time() -> None:
    began = time.process_time()
    assert rich_text._without_punctuation("https://x" + ")" * 100_000) == "https://x"
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("(see https://x.example/a_(b)).", "https://x.example/a_(b)"),
        ("[https://x.example/)],", "https://x.example/"),
        ("https://x.example/a.)b)!", "https://x.example/a.)b"),
    ],
)
def test_what_belongs_to_the_sentence_is_no_part_of_the_address(words: str, address: str) -> None:
    assert BeautifulSoup(with_links(words), "html.parser").a["href"] == address  # type: ignore[index]


def test_what_looks_like_a_heading_within_a_value_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = '<span data-mx-spoiler="<h1><img src=x hx-get=y>">x</span>'
    # Some versions of nh3 write angle brackets in values as they are.
    monkeypatch.setattr(rich_text, "_cleaner", SimpleNamespace(clean=lambda html: html))
    page = BeautifulSoup(words_as_html("", f"<h2>Look</h2>{hidden}"), "html.parser")
    assert [element.name for element in page.select("*")] == ["div", "span"]
