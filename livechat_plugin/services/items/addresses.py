"""E-mail addresses and phone numbers, whose grammars are libraries of their own: loaded when there is one to read."""

from livechat_plugin.core.field_values import NotAValue
from livechat_plugin.core.field_values.words import shortened


def read_email(raw: str) -> str:
    """An e-mail address, normalized. Nobody is asked whether it exists.

    Raises:
        NotAValue: it cannot be one.
    """
    import email_validator  # noqa: PLC0415

    try:
        # Names that only a company's own network knows are fine.
        found = email_validator.validate_email(
            raw.strip(), check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except email_validator.EmailNotValidError as error:
        raise NotAValue(f"{shortened(raw)} is not an e-mail address: {error}") from None
    return found.normalized


def read_phone(raw: str, region: str | None = None) -> str:
    """A phone number, as `+4930123456` (E.164).

    Args:
        raw: what somebody wrote.
        region: the country, such as DE, of numbers without a country code.

    Raises:
        NotAValue: it cannot be one, or the country is not known.
    """
    import phonenumbers  # noqa: PLC0415

    number = phonenumbers.PhoneNumber()
    try:
        phonenumbers.parse(raw.strip(), region, numobj=number)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            reason = "has no known country code"
        else:
            reason = "is not a phone number"
        raise NotAValue(f"{shortened(raw)} {reason}; write it like +49 30 123456") from None
    if not phonenumbers.is_possible_number(number):
        raise NotAValue(f"{shortened(raw)} has not the length of a phone number; write it like +49 30 123456")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(number: str) -> str:
    """A number as people read it, `+49 30 123456`; as it is if it is none."""
    import phonenumbers  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def is_region(name: str) -> bool:
    """Whether this is a country whose phone numbers are known, such as DE."""
    import phonenumbers  # noqa: PLC0415

    return name in phonenumbers.SUPPORTED_REGIONS
