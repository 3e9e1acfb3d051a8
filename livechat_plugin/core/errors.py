"""Every error the plugin raises on purpose; each message states the fact and, where there is one, the way out."""


class LivechatError(Exception):
    """Something went wrong that a person can be told about in these words."""


class ConfigurationError(LivechatError):
    """A configuration value is refused; names the file, the key and the reason. Commands exit with status 2."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        self.file = file
        self.key = key
        self.reason = reason
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
