"""Tasks: work of a hook that goes on by itself, in one process at a time."""

# mypy: disable-error-code="empty-body"

from livechat_plugin.core.hook_tasks import HookTask
from livechat_plugin.hookspecs.markers import hookspec


@hookspec
def livechat_register_tasks() -> list[HookTask]:
    """What goes on for as long as the hook is on, such as a connection to a messenger?

    When: at start, to see that the answer is right; and each time that a process becomes the one that runs tasks, or
    hooks are loaded anew.

    However many processes work on one database, one of them runs the tasks of all hooks. When it ends or vanishes,
    another one begins with them within seconds, from what the hook has kept elsewhere: nothing in its memory comes
    along. One that was cut off from the database may need some seconds to notice, so for that long there can be two.
    The other processes have the hook loaded too, and ask it the other questions.

    A task that raises is started again, after one second at first and after five minutes at most; one that returns,
    after a second. It is cancelled when the hook is switched off or hooks are loaded anew, and when its process ends
    or is no longer the one. Then it has five seconds to end: one that goes on after that cannot be stopped, may run
    beside its successor, and stands in the log as an error. It runs also while the plugin is switched off.

    Returns:
        The tasks. Two of one name in the same hook are an error.

    Example:
        ```python
        class Feed(Hook):
            @hookimpl
            def livechat_register_tasks(self) -> list[HookTask]:
                return [HookTask("listen", self.listen)]

            async def listen(self) -> None:
                async with asyncio.timeout(60):
                    await asyncio.Event().wait()  # for something to happen
        ```

    Since: 0.1
    """
