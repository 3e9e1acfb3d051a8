"""The behaviours that ship with the plugin, one file each, switched in `plugin.toml` under `[hooks.<name>]`."""
