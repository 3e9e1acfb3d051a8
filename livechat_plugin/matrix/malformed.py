"""What is wrong with an event that breaks the specification."""


class MalformedContent(ValueError):
    """The content breaks the specification; the message says where."""
