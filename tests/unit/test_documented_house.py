"""The example of what hooks find in the house, as it stands in docs/hooks.md."""

import re
from pathlib import Path

from livechat_plugin import App, Priority
from livechat_plugin.core.app_definitions import read_fields
from livechat_plugin.plugins import FoundHook, hook_class_of
from tests.unit.desk import CARLA, DAN, Desk

PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")


async def test_the_example_notes_customers_and_knows_those_with_a_contract(tmp_path: Path) -> None:
    [block] = re.findall(r"```python\n# hooks/contracts.py\n(.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "contracts.py").write_text(block)
    hook_class = hook_class_of(FoundHook("contracts", tmp_path / "contracts.py"))
    hook = hook_class(hook_class.settings_model())
    fields = read_fields(["name:string!", "level:choice(gold,silver)", "account:account"])
    async with Desk(hook).working() as desk:
        async with desk.store.begin() as work:
            await work.apps.add(App("contacts", "Contacts", fields))
            values = {"name": "Dan", "level": "gold", "account": [f"matrix:{DAN}"]}
            await desk.use_cases.items.add(work, "contacts", values, "@ada:example.org")
            await work.commit()
        await desk.set_up()
        await desk.write(CARLA)
        await desk.until(lambda: len(desk.stored.items) == 2)
        await desk.write(DAN)
    assert desk.session(1).priority is Priority.NONE
    assert desk.session(2).priority is Priority.HIGH
    titles = [kept.item.title for kept in desk.stored.items.values()]
    assert titles == ["Dan", desk.stored.accounts[1].display_name]
