"""The refusal of one field's value."""


class NotAValue(Exception):
    """It is no value of this field; the words say why and what to write instead, without the field's name."""
