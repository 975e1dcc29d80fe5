"""Whether two numbers or dates say the same: units converted, roundings allowed where they are said to be such."""

import math

from qa.checker.facts import Date, Fact, Number

__all__ = ["agree"]


def agree(claim: Fact, source: Fact) -> bool:
    """Whether the source's number or date says what the claim's does; a date may say more than the claim."""
    if isinstance(claim, Date) and isinstance(source, Date):
        return _dates_agree(claim, source)
    if isinstance(claim, Number) and isinstance(source, Number):
        return _numbers_agree(claim, source)
    number, date = (claim, source) if isinstance(claim, Number) else (source, claim)
    assert isinstance(number, Number)
    assert isinstance(date, Date)
    year, month, _ = date.readings[0]
    if number.ordinal and number.unit and number.unit[0] == "century" and year and number is claim:
        return (year - 1) // 100 + 1 == number.values[0]
    return year is not None and month is None and not number.ordinal and float(year) in number.values


def _dates_agree(claim: Date, source: Date) -> bool:
    if claim.weekday or source.weekday:
        return claim.weekday == source.weekday
    if claim.decade:
        year = source.readings[0][0]
        mine = [c[0] for c in claim.readings if c[0]]  # "the 1700s" may be the ten years or the hundred
        return year is not None and any(
            year // 10 == c // 10 or (c % 100 == 0 and year // 100 == c // 100) for c in mine
        )
    if source.decade:
        return False
    return any(
        all(c is None or c == s for c, s in zip(mine, theirs, strict=True))
        for mine in claim.readings
        for theirs in source.readings
    )


def _numbers_agree(claim: Number, source: Number) -> bool:
    if claim.ordinal != source.ordinal:
        return False
    if claim.unit and source.unit:
        if claim.unit[0] != source.unit[0]:
            return False
        mine, theirs = ([v * n.unit[1] for v in n.values] for n in (claim, source) if n.unit)
    else:
        mine, theirs = list(claim.values), list(source.values)
    if claim.unit and claim.unit[0] == "code":
        return claim.values == source.values
    if {claim.bound, source.bound} == {"over", "under"}:
        return False
    return any(_same(a, b, claim, source) for a in mine for b in theirs)


def _same(mine: float, theirs: float, claim: Number, source: Number) -> bool:
    if math.isclose(mine, theirs, rel_tol=1e-9):
        return True  # "more than 5" where the source says 5 is for qa/checker/turned.py to see
    if not (claim.bound or claim.scaled) or mine == 0 or mine * theirs < 0:
        return False
    # A rounding: the claim shows fewer digits, and the source's value rounded to them is the claim's.
    step = _step(mine)
    if step <= _step(theirs) or abs(mine - theirs) >= step:
        return False
    if claim.bound == "over":
        return theirs > mine
    if claim.bound == "under":
        return theirs < mine
    return math.isclose(round(theirs / step) * step, mine, rel_tol=1e-9)


def _step(value: float) -> float:
    """The size of the last digit that isn't zero: 1,000 for 12,000, 0.1 for 1.2."""
    digits = f"{abs(value):.10g}"
    if "e" in digits:
        mantissa, _, exponent = digits.partition("e")
        return float(10 ** (int(exponent) - len(mantissa.partition(".")[2].rstrip("0"))))
    whole, _, part = digits.partition(".")
    if part:
        return float(10 ** -len(part))
    return float(10 ** (len(whole) - len(whole.rstrip("0"))))
