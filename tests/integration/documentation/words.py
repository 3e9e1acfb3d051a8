"""The words of a page as they are in the world of the tests: with its numbers and its server's name."""

import re

_PART = re.compile(r"#\d+|![a-z]+ \d+(?=\W|$)|\s*…\s*|\s+|[^#!…\s]+|.", re.DOTALL)
_NUMBER = re.compile(r"#(\d+)")
_SERVERS = ("your.server", "example.org")


class Words:
    """What stands for what since the section began. A number such as #12 gets its meaning where it is first seen."""

    def __init__(self, server_name: str) -> None:
        self._server_name = server_name
        self._numbers: dict[str, str] = {}

    def forget(self) -> None:
        """A new section begins."""
        self._numbers.clear()

    def as_written(self, text: str) -> str:
        """What somebody writes, or a command."""
        text = self._with_server(text)
        text = _NUMBER.sub(lambda found: f"#{self._numbers.get(found[1], found[1])}", text)
        if text.startswith(("!", "livechat ")):  # Arguments are written without the #, too.
            text = re.sub(r"(?<= )\d+(?= |$)", lambda found: self._numbers.get(found[0], found[0]), text)
        return text

    def sees(self, text: str, shown: str) -> bool:
        """Whether the text of a page is what is shown: whole lines, … for anything, new numbers for any number."""
        new: set[str] = set()

        def pattern(found: re.Match[str]) -> str:
            part = found[0]
            number = re.sub(r"^(#|!.* )", "", part)
            before = re.escape(part.removesuffix(number))
            if part.strip() == "…":
                return "(?s:.*?)"
            if part.isspace():
                return r"\s+"
            if number in self._numbers:
                return rf"{before}{self._numbers[number]}(?!\d)"
            if number in new:
                return rf"{before}(?P=n{number})(?!\d)"
            if part.startswith("#") and number.isdigit():
                new.add(number)
                return rf"{before}(?P<n{number}>\d+)"
            return re.escape(part)

        expected = _PART.sub(pattern, self._with_server(text).strip())
        found = re.search(rf"(?m)^\W?\s*{expected}\s*$", shown)
        if found is None:
            return False
        self._numbers |= {number: found[f"n{number}"] for number in new}
        return True

    def _with_server(self, text: str) -> str:
        for name in _SERVERS:
            text = text.replace(name, self._server_name)
        return text
