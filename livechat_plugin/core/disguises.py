"""Characters that nobody sees and that change what is seen: they begin lines, move cursors or turn letters round."""

import re

_DISGUISING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, ends of lines, and changes of direction; mere marks of direction turn nothing round."""


def undisguised(words: str) -> str:
    """Words with a space in the place of each such character."""
    return _DISGUISING.sub(" ", words)


def with_disguises_told(words: str) -> str:
    r"""Words in which each such character is written out, as `\u202e`."""
    return _DISGUISING.sub(lambda found: found[0].encode("unicode_escape").decode(), words)
