"""`livechat check`: find out what is wrong with the installation."""

import asyncio
from collections import Counter
from pathlib import Path

import typer

from livechat_plugin.cli.options import DEFAULT_CONFIG, ConfigPath, say
from livechat_plugin.diagnosis import Verdict, diagnose

_STYLES = {Verdict.FINE: "green", Verdict.DOUBTFUL: "yellow", Verdict.WRONG: "red"}


def check(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Look at everything that an installation needs, and say what to do about what is wrong.

    One line for each thing: a tick, a cross, or an exclamation mark for what may be meant so. Changes nothing.
    The status is 1 when there is a cross.
    """
    verdicts = asyncio.run(_show(config))
    if verdicts[Verdict.WRONG]:
        raise typer.Exit(1)


async def _show(config: Path) -> Counter[Verdict]:
    verdicts: Counter[Verdict] = Counter()
    async for finding in diagnose(config):
        verdicts[finding.verdict] += 1
        way_out = f" → {finding.way_out}" if finding.way_out else ""
        say(f"{finding.verdict.value} {finding.about}: {finding.fact}{way_out}", _STYLES[finding.verdict])
    return verdicts
