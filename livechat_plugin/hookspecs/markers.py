"""The marks of hooks: `hookspec` on what can be implemented, `hookimpl` on what implements it."""

import pluggy

PROJECT = "livechat"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
