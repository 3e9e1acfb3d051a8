"""Looking at a page as people do: in both themes, on a phone, and with a screen reader's eyes (WCAG 2.2 AA)."""

import os
from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page, ViewportSize

REPOSITORY = Path(__file__).parents[2]
AXE = REPOSITORY / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""What axe looks for; the last one holds landmarks and the order of headings."""


async def look_at(page: Page, name: str, *, without: tuple[str, ...] = ()) -> None:
    """Look at a page light, dark and on a phone: everybody can use it, and nothing must be scrolled sideways.

    With LIVECHAT_SCREENSHOTS=folder, pictures are kept there: `name-light.png`, `name-dark.png`, `name-phone.png`.

    Args:
        page: as it is now; it is left light and wide.
        name: of the pictures.
        without: names of axe's rules that do not count here; say why beside it.
    """
    before = page.viewport_size or DESKTOP
    problems: dict[str, list[str]] = {}
    for look, size in (("light", DESKTOP), ("dark", DESKTOP), ("phone", PHONE)):
        await page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
        await page.set_viewport_size(size)
        await settled(page)
        await take_picture(page, f"{name}-{look}")
        problems[look] = await barriers(page, without=without)
        if (too_wide := await wider_than_the_window(page)) is not None:
            problems[look].append(f"must be scrolled sideways because of {too_wide}")
    await page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    await page.set_viewport_size(before)
    assert not any(problems.values()), "\n".join(
        f"{look}: {problem}" for look in problems for problem in problems[look]
    )


async def settled(page: Page) -> None:
    """Wait until what moves or fades has done so; what turns for ever is not waited for."""
    await page.evaluate(
        """async () => {
          const frame = () => new Promise((next) => requestAnimationFrame(next));
          await frame();
          await frame();
          const ends = (one) => Number.isFinite(one.effect.getComputedTiming().endTime);
          await Promise.allSettled(document.getAnimations().filter(ends).map((one) => one.finished));
        }"""
    )


async def take_picture(page: Page, name: str, *, whole: bool = False) -> Path | None:
    """Keep what the window shows, or the whole page, if somebody wants pictures."""
    folder = os.environ.get("LIVECHAT_SCREENSHOTS")
    if not folder:
        return None
    file = Path(folder) / f"{name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    # Hidden carets would be inline styles, which the policy forbids.
    await page.screenshot(path=file, full_page=whole, caret="initial")
    return file


async def barriers(page: Page | Frame, *, without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds, a line for each element: the rule, where, and what is wrong."""
    if not await page.evaluate("() => 'axe' in window"):
        assert AXE.exists(), f"{AXE} is missing: make assets, then python frontend/assets.py test"
        # As the browser's own tools do it, so the page's policy does not forbid it.
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "([rules, off]) => axe.run(document, {runOnly: {type: 'tag', values: rules}, rules: off,"
        " resultTypes: ['violations']})",
        [RULES, {rule: {"enabled": False} for rule in without}],
    )
    return [
        f"{violation['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


async def wider_than_the_window(page: Page | Frame) -> str | None:
    """The element because of which the page must be scrolled sideways; None if nobody must."""
    wide: str | None = await page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return null;
          const wide = [...document.body.querySelectorAll('*')].filter(
            (one) => one.getBoundingClientRect().right > width + 1);
          const last = wide[wide.length - 1] ?? document.body;
          return `<${last.tagName.toLowerCase()} class="${last.className}"> ${last.textContent.trim().slice(0, 60)}`;
        }"""
    )
    return wide
