"""The hooks: every behaviour of the plugin that can be switched, replaced or added.

Three kinds, told apart by their names:

- `livechat_register_…` is asked once at start and returns a list; the lists are joined and duplicates refused.
- `livechat_choose_…` is asked in turn; the first answer other than None wins and the rest are not asked.
  Third-party hooks are asked before the ones that ship, `tryfirst` and `trylast` work as in pluggy.
- `livechat_on_…` is told afterwards, once what it tells of is committed; what it returns is ignored.

An implementation is a method of a `Hook`, plain or `async`. It has a time limit: two seconds, ten where its
specification says so. Plain ones run in a thread, so they may block; an `async` one that blocks instead of
awaiting stops the whole plugin, and nothing can prevent it. One that raises, exceeds the limit or answers with a
wrong type, also in a field of its answer, is logged under its hook's name and counts as having abstained; one that
still hangs from an earlier call is not called again before that ends. After repeated failures of a method, that
method is left out until the hooks are loaded anew. All arguments are frozen core types. An implementation takes the
arguments it needs and leaves out the others.
"""

from livechat_plugin.hookspecs import (
    account_linking,
    groups,
    message_registration,
    routing,
    session_creation,
    tasks,
)
from livechat_plugin.hookspecs.markers import PROJECT, hookimpl, hookspec

FAMILIES = (session_creation, routing, account_linking, message_registration, groups, tasks)
"""The modules that define hooks, one for each family."""

__all__ = ["FAMILIES", "PROJECT", "hookimpl", "hookspec"]
