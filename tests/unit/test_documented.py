"""What somebody can use stands in a page that was written for them, not in the reference alone."""

import re
from pathlib import Path

import pytest

from docs import build_reference
from livechat_plugin.plugins import find_hooks
from livechat_plugin.resources import bundled
from livechat_plugin.services.commands import COMMANDS

DOCS = build_reference.FOLDER.parent
WRITTEN = {page.name: page.read_text(encoding="utf-8") for page in DOCS.glob("*.md")}
EVERYTHING = "\n".join(WRITTEN.values()) + (DOCS.parent / "README.md").read_text(encoding="utf-8")
READERS = "\n".join(
    WRITTEN[page] for page in ("administrators.md", "supervisors.md", "operators.md", "customers.md")
)
PAGES = {
    "administrator": "administrators.md",
    "supervisor": "supervisors.md",
    "operator": "operators.md",
    "customer": "customers.md",
    "hook developer": "hooks.md",
}


def links_of(text: str) -> list[str]:
    """Where a page leads to, within this repository."""
    without_code = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    return [target for target in re.findall(r"\]\(([^)\s]+)\)", without_code) if "://" not in target]


def anchors_of(text: str) -> set[str]:
    """The names of a page's headings, as the hosts of repositories make them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", dict(build_reference.command_line()))
def test_every_command_of_the_command_line_stands_in_a_page(name: str) -> None:
    assert name in EVERYTHING, f"no page shows `{name}`"


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_in_rooms_stands_in_a_page(name: str) -> None:
    assert f"!{name}" in READERS, f"no page shows !{name}"


@pytest.mark.parametrize("name", [hook.name for hook in find_hooks(bundled("hooks")) if hook.is_bundled])
def test_every_hook_that_ships_stands_in_a_page(name: str) -> None:
    words = (f"`{name}`", f"hooks.{name}", f"{name}.py", name.replace("_", " "))
    assert any(word.lower() in EVERYTHING.lower() for word in words), f"no page tells of the hook {name}"


@pytest.mark.parametrize("page", PAGES.values())
def test_the_table_of_contents_leads_to_the_page_of_each_reader(page: str) -> None:
    assert f"]({page})" in WRITTEN["index.md"]


@pytest.mark.parametrize("page", sorted(WRITTEN))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for target in links_of(WRITTEN[page]):
        file, _, anchor = target.partition("#")
        found: Path = DOCS / (file or page)
        assert found.exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in anchors_of(found.read_text(encoding="utf-8")), target
