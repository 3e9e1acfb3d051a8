"""What people write into fields, turned into values, and values as people read them (requirement S21).

A value is what JSON can hold: a text, a number, true or false, a list of texts for an Account field; moments and days
are ISO 8601 texts. E-mail addresses and phone numbers need libraries, so they are read in `services/items`.
"""

from livechat_plugin.core.field_values.addresses import read_accounts, read_file, read_link, read_user
from livechat_plugin.core.field_values.moments import read_date, read_datetime
from livechat_plugin.core.field_values.not_a_value import NotAValue
from livechat_plugin.core.field_values.numbers import check_number, read_number
from livechat_plugin.core.field_values.showing import show_value
from livechat_plugin.core.field_values.words import (
    read_boolean,
    read_choice,
    read_reference,
    read_string,
    read_text,
)

__all__ = [
    "NotAValue",
    "check_number",
    "read_accounts",
    "read_boolean",
    "read_choice",
    "read_date",
    "read_datetime",
    "read_file",
    "read_link",
    "read_number",
    "read_reference",
    "read_string",
    "read_text",
    "read_user",
    "show_value",
]
