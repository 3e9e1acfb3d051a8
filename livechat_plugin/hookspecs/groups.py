"""Groups of people whose members stand somewhere else, such as in a company's directory."""

# mypy: disable-error-code="empty-body"

from livechat_plugin.core.groups import DirectoryGroup
from livechat_plugin.hookspecs.markers import hookspec, patient


@hookspec
def livechat_register_groups() -> list[DirectoryGroup]:
    """Which groups does this hook know the members of?

    When: at start, and again before the members are asked for. A group can be used in live chats like any other.

    Returns:
        The groups. Two of one name are an error. One whose name an administrator's group has is not used, and the
        administrators are told.

    Example:
        ```python
        class Directory(Hook):
            @hookimpl
            def livechat_register_groups(self) -> list[DirectoryGroup]:
                return [DirectoryGroup("staff", "Everybody with a contract")]
        ```

    Since: 0.1
    """


@hookspec(firstresult=True)
@patient(times=15)
def livechat_choose_group_members(group: DirectoryGroup) -> list[str] | None:
    """Who is in this group?

    When: in the background, again and again after `[groups] directory_minutes`, and when an administrator writes
    `!groups refresh`. Never while a message waits. Where an answer differs from the last one, live chats' rooms follow.

    Args:
        group: one that some hook has registered.

    Returns:
        The Matrix ids of its members, all of them; what is no Matrix id is left out and logged. None: this hook does
        not know the group. If all abstain, or the hook fails, the group keeps the members that it had. A hook that
        keeps failing is asked again all the same.

    Example:
        ```python
        class Directory(Hook):
            @hookimpl
            async def livechat_choose_group_members(self, group: DirectoryGroup) -> list[str] | None:
                return ["@anna:example.org"] if group.name == "staff" else None
        ```

    Since: 0.1
    """
