"""HTML and addresses that attack who reads them (SEC-TEXT): read again by another parser than the one that cleans."""

from typing import Any

import pytest
from bs4 import BeautifulSoup

from livechat_plugin.matrix.sanitizing import sanitize
from livechat_plugin.web.console.values import web_address
from livechat_plugin.web.rich_text import words_as_html

HTML = [
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<xmp><img src=x onerror=1></xmp><plaintext><template><img src=x onerror=1></template>",
    '<p style="position:fixed;background:url(//e)">x</p><table background="//e"><td background="//e">',
    "<details open ontoggle=alert(1)>x</details><frameset><frame src='javascript:1'><base href='//e'>",
    '<a name="x" id="y" href="https://e" target="_top" rel="opener" ping="//e" download>x</a>',
    '<img srcset="https://e/x 1x" src="https://e/x" lowsrc="//e" style="x"><img src="mxc://e/../../x">',
    '<span data-mx-color="red;background:url(//e)" data-mx-bg-color="url(//e)" data-mx-spoiler="x">x</span>',
    '<code class="language-x toast hidden">x</code><div id=main class=toast>x</div>',
    *(
        f'<a href="{address}">x</a>'
        for address in (
            *(
                "javascript:alert(1)",
                "java&#10;script:x",
                "&#1;javascript:x",
                "\x01javascript:x",
                "java\tscript:x",
            ),
            *(
                " &#x0;javascript:x",
                "vbscript:x",
                "data:text/html,x",
                "blob:x",
                "file:///etc/passwd",
                "about:blank",
            ),
            *(
                "//evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "/console/sign-out",
                "?x",
                "#/settings",
            ),
            *("matrix:u/anna:x", "https://matrix.to/#/@anna:x", "HTTPS://MATRIX.to/#/%40anna:x"),
        )
    ),
]
KNOWN = {"href", "rel", "target", "start", "src", "alt", "title", "width", "height", "class"}
MARKS = {"data-mx-color", "data-mx-bg-color", "data-mx-spoiler"}


def attributes(html: str) -> list[tuple[str, str, Any]]:
    soup = BeautifulSoup(html, "html.parser")
    return [(tag.name, name, value) for tag in soup.find_all() for name, value in tag.attrs.items()]


@pytest.mark.parametrize("html", HTML)
def test_a_client_gets_nothing_that_acts_or_leads_into_it(html: str) -> None:
    clean = sanitize(html) or ""
    assert sanitize(clean) == clean, "it is another one when it is read again"
    for tag, name, value in attributes(clean):
        assert name in KNOWN | MARKS, (tag, name)
        assert name != "href" or value == "https://e", value
        assert name != "src", value
        assert name != "class" or value == ["language-x"]
        assert name not in MARKS or value == "x"
    assert not BeautifulSoup(clean, "html.parser").find_all(
        ["script", "style", "iframe", "form", "svg", "math", "base", "meta", "template"]
    )


@pytest.mark.parametrize("html", HTML)
def test_a_page_gets_even_less(html: str) -> None:
    shown = str(words_as_html("", html))
    for tag, name, value in attributes(shown):
        assert (tag, name) in {("a", "href"), ("a", "rel"), ("a", "target"), ("span", "data-mx-spoiler")}
        assert name != "href" or value in {
            "https://e",
            "https://matrix.to/#/@anna:x",
            "HTTPS://MATRIX.to/#/%40anna:x",
        }
        assert name != "target" or value == "_blank"
        assert name != "rel" or {"noopener", "noreferrer"} <= set(value)
    assert "<img" not in shown


def test_an_address_shows_where_it_leads() -> None:
    assert 'href="https://e/"' in str(words_as_html("https://e/\u202egpj.exe"))
    for address in ("javascript:x", " https://x", "\u202ehttps://x", "//e", "data:x", "mxc://e/x", ""):
        assert web_address(address) is None
