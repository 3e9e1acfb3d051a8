"""Who has no token gets nothing, and learns nothing by trying (SEC-TOKEN)."""

import ast
import re
import secrets
from pathlib import Path
from typing import Any

import pytest

import livechat_plugin.web.transactions
from tests.unit.test_transactions import EVENT, TOKEN, Web

ROOT = Path(__file__).parents[2]
FOUND = [path for folder in ("livechat_plugin", "hooks") for path in sorted((ROOT / folder).rglob("*.py"))]
SOURCES = [path for path in FOUND if "demo" not in path.parts]
SECRET = re.compile(
    r"(^|_)(token|secret|csrf|proof|signature|signed|digest|password|bearer|authorization)s?$"
)

PATH = "/_matrix/app/v1/transactions/7"
WRONG: dict[str, tuple[str, str | None]] = {
    "none": (PATH, None),
    "empty": (PATH, ""),
    "a scheme alone": (PATH, "Bearer "),
    "without a scheme": (PATH, TOKEN),
    "of another scheme": (PATH, f"Basic {TOKEN}"),
    "in small letters": (PATH, f"Bearer {TOKEN.lower()[:-1]}X"),
    "the first half": (PATH, f"Bearer {TOKEN[:-1]}"),
    "with more behind it": (PATH, f"Bearer {TOKEN}x"),
    "twice": (PATH, f"Bearer {TOKEN}, Bearer {TOKEN}"),
    "very long": (PATH, "Bearer " + "x" * 30_000),
    "in the query": (f"{PATH}?access_token={TOKEN}", None),
    "in the query beside a wrong one": (f"{PATH}?access_token={TOKEN}", "Bearer x"),
    "in letters that are none": (PATH, f"Bearer {TOKEN}\xa0"),
}
OTHERS = [
    ("POST", "/_matrix/app/v1/ping"),
    ("GET", "/_matrix/app/v1/users/@x:y"),
    ("GET", "/_matrix/app/v1/rooms/x"),
]


@pytest.mark.parametrize("how", WRONG)
async def test_without_the_homeservers_token_nothing_is_taken_in(how: str) -> None:
    web, (path, shown) = Web(), WRONG[how]
    headers = {} if shown is None else {b"authorization": shown.encode("latin-1")}
    for method, address in (("PUT", path), *OTHERS):
        sent: Any = {"json": {"events": [EVENT]}} if method == "PUT" else {}
        answer = await web.client.request(method, address, headers=headers, **sent)
        assert answer.status_code in {401, 403}, (method, address)
        assert TOKEN not in answer.text
    assert web.taken.events == []


async def test_the_homeservers_token_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []

    def compare(shown: bytes, expected: bytes) -> bool:
        compared.append(shown)
        return secrets.compare_digest(shown, expected)

    module: Any = livechat_plugin.web.transactions
    monkeypatch.setattr(module, "secrets", type("Watched", (), {"compare_digest": staticmethod(compare)}))
    web = Web()
    assert (await web.push({"events": []})).status_code == 200
    assert (await web.push({"events": []}, "wrong")).status_code == 403
    assert compared == [f"Bearer {TOKEN}".encode(), b"Bearer wrong"]


def named(node: ast.expr) -> str:
    """The last word of what stands on one side of a comparison; nothing for columns of tables."""
    if isinstance(node, ast.Call):
        return named(node.func)
    if isinstance(node, ast.Attribute):
        is_column = isinstance(node.value, ast.Attribute) and node.value.attr == "c"
        return "" if is_column else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def naive_comparisons(source: str) -> list[int]:
    """The lines in which something that is called a secret is compared with `==`, `!=` or `in`."""
    found: list[int] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        is_naive = any(isinstance(how, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for how in node.ops)
        if is_naive and any(SECRET.search(named(side).lower()) for side in sides):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_secrets_are_never_compared_by_their_first_difference(path: Path) -> None:
    assert naive_comparisons(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    ["shown == hs_token", "self.secret != x", "x in csrf_tokens", "request.proof() == y", "a == b.password"],
)
def test_a_naive_comparison_is_found(line: str) -> None:
    assert naive_comparisons(line) == [1]
