"""Numbers that plain text writes in another way: letters and Roman numerals of a list, and superscripts."""

import re
from typing import Literal

__all__ = ["Numerals", "lift", "numeral", "raised"]

Numerals = Literal["letters", "roman"]

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_NUMBER = re.compile(r"\[?\d{1,3}\]?|[-+−–]\d{1,3}")
_LAST_WORD = re.compile(r"[^\W_]+\)?$")
_NEAR = 40  # characters before a superscript; the search takes their square


def numeral(number: int, kind: Numerals) -> str:
    """A number in small letters; in figures where it has no such form."""
    if kind == "letters" and number > 0:
        return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 40)
    if kind == "roman" and 0 < number < 4000:
        text = ""
        for amount, letters in _ROMAN:
            text += letters * (number // amount)
            number %= amount
        return text
    return str(number)


def raised(text: str, before: str, *, linked: bool = False) -> str:
    """A number in superscript set off from the text `before`: x² as x^2, the number of a note as [3].

    "" for anything else. Notes stand behind whole words, or lead somewhere; what has a sign is a power.
    """
    digits = _NUMBER.fullmatch(text.strip())
    if not digits:
        return ""
    word = _LAST_WORD.search(before[-_NEAR:])
    if word and not linked and (len(word[0]) <= 3 or digits[0][0] in "-+−–"):
        return f"^{digits[0]}"
    return f"[{digits[0].strip('[]')}]"


def lift(parts: list[str], said: str, run: str = "") -> str:
    """Adds what is said in superscript to a text's parts, and returns the run of superscript they end with now.

    `run` is the one they ended with, "" for none: programs split a number (10⁻³) anywhere, so both are read together.
    """
    if not said:
        return run
    whole = raised(run + said, "".join(parts[-4:-1])) if run.strip() else ""
    if whole:
        parts[-1] = whole
        return run + said
    parts.append(raised(said, "".join(parts[-3:])) or said)
    return said
