"""Fractions, powers and roots on one line: what a formula sets above or below its line would else run together."""

import re
from collections.abc import Sequence
from typing import Literal

__all__ = ["Formula", "on_one_line"]

Formula = Literal["fraction", "power", "root"]


def on_one_line(formula: Formula, parts: Sequence[str]) -> str:
    """(a+b)/2, x^2, √3 or 3√x from the texts of its parts: above and below, base and exponent, radicand and degree."""
    first, second = (*map(str.strip, parts), "", "")[:2]
    if formula == "root":
        return f"{second}√{_grouped(first)}"
    if not second:
        return first
    return f"{_grouped(first)}{'/' if formula == 'fraction' else '^'}{_grouped(second)}"


def _grouped(text: str) -> str:
    return text if re.fullmatch(r"[-−]?[\w.,]+", text) else f"({text})"
