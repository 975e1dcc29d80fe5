"""What units, scales and number words mean: tables, and how a written-out number is read.

A unit is (dimension, factor): 1.2 km and 1,200 m are the same length. What stands for several (pounds) is one name.
"""

import re

__all__ = ["MONTHS", "NUMBER_WORD", "ORDINALS", "SCALES", "UNITS", "WEEKDAYS", "number_from_words"]

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_CARDINALS: dict[str, float] = {word: n for n, word in enumerate(_SMALL)}
_CARDINALS |= {word: 10 * n for n, word in enumerate(_TENS, 2)}
_POWERS: dict[str, float] = {
    "dozen": 12,
    "dozens": 12,
    "hundred": 100,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "lakh": 1e5,
    "crore": 1e7,
}
ORDINALS: dict[str, int] = {
    word: n
    for n, word in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ).split(),
        1,
    )
} | {word[:-1] + "ieth": 10 * n for n, word in enumerate(_TENS, 2)}
_FRACTIONS = {"half": 0.5, "third": 1 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25}

# After digits: spelt out, or as an abbreviation.
SCALES: dict[str, float] = {
    **{name: value for name, value in _POWERS.items() if name != "dozens"},
    **{name + "s": value for name, value in _POWERS.items() if name in ("thousand", "million", "billion", "trillion")},
    "k": 1e3,
    "mn": 1e6,
    "mln": 1e6,
    "m": 1e6,
    "bn": 1e9,
    "b": 1e9,
    "tn": 1e12,
}

MONTHS: dict[str, int] = {}
for _n, _names in enumerate(
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
    "november nov|december dec".split("|"),
    1,
):
    MONTHS |= dict.fromkeys(_names.split(), _n)
WEEKDAYS = {name: n for n, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split(), 1)}

# dimension, then "names = how many of the base"; the first of a dimension is the base.
_TABLE = """
length: m metre metres meter meters = 1; km kilometre kilometres kilometer kilometers kms = 1e3; nm nanometre
  nanometres nanometer nanometers = 1e-9; µm μm micrometre micrometres micrometer micrometers microns = 1e-6;
  cm centimetre centimetres centimeter centimeters = 0.01; mm millimetre millimetres millimeter millimeters = 1e-3;
  mile miles mi = 1609.344; ft foot feet = 0.3048; inch inches = 0.0254; yard yards yd = 0.9144
area: square_metres square_meters m² m2 sqm = 1; square_kilometres square_kilometers square_kilometre
  square_kilometer km² km2 = 1e6; hectare hectares ha = 1e4; acre acres = 4046.8564; square_miles square_mile =
  2589988.11; square_feet sq_ft = 0.09290304
mass: g gram grams gramme grammes = 1; kg kilogram kilograms kilo kilos = 1e3; mg milligram milligrams = 1e-3; µg μg mcg
  microgram micrograms = 1e-6; tonne tonnes = 1e6; ounce ounces oz = 28.349523
ton: ton tons = 1
pound: pound pounds £ gbp lb lbs = 1
volume: l litre litres liter liters = 1; ml millilitre millilitres milliliter milliliters = 1e-3; gallon gallons =
  3.785; barrel barrels = 158.987; cubic_metres cubic_meters m³ = 1e3
time: second seconds sec secs = 1; ms millisecond milliseconds = 1e-3; minute minutes min mins = 60;
  hour hours hr hrs h = 3600; day days = 86400; week weeks = 604800
months: month months = 1; year years yr yrs = 12; decade decades = 120
century: century centuries = 1
dollar: dollar dollars $ us$ usd = 1; cent cents = 0.01
euro: euro euros € eur = 1
yen: yen ¥ jpy = 1
rupee: rupee rupees ₹ inr = 1
franc: franc francs chf = 1
percent: % percent per_cent pct = 1; ‰ = 0.1
points: percentage_points percentage_point pp = 1; basis_points bps = 0.01
temperature c: °c celsius degrees_celsius = 1
temperature f: °f fahrenheit degrees_fahrenheit = 1
angle: ° degree degrees = 1
speed: km/h kph kmh = 1; mph miles_per_hour = 1.609344; m/s = 3.6; knots knot = 1.852
power: w watt watts = 1; kw kilowatt kilowatts = 1e3; mw megawatt megawatts = 1e6; gw gigawatt gigawatts = 1e9;
  horsepower hp = 745.7
energy: kwh = 1; mwh = 1e3; gwh = 1e6; twh = 1e9
voltage: v volt volts = 1; kv kilovolts = 1e3
frequency: hz hertz = 1; khz = 1e3; mhz = 1e6; ghz = 1e9
bytes: byte bytes = 1; kb kilobytes = 1e3; mb megabytes = 1e6; gb gigabytes = 1e9; tb terabytes = 1e12
people: people persons person = 1
"""
UNITS: dict[str, tuple[str, float]] = {}
for _line in re.sub(r"\n  +", " ", _TABLE).strip().splitlines():
    _dimension, _, _names = _line.partition(":")
    for _group in _names.split(";"):
        _words, _, _factor = _group.rpartition("=")
        UNITS |= {_w.replace("_", " "): (_dimension, float(_factor)) for _w in _words.split()}
del UNITS["people"], UNITS["persons"], UNITS["person"]

_WORDS = "|".join(sorted({*_CARDINALS, *_POWERS}, key=len, reverse=True))
_LAST = "|".join(sorted(ORDINALS, key=len, reverse=True))
# A number in words ("twenty-five", "two hundred and six", "half a million"), perhaps an ordinal. "One and ten" are two.
_TEN = "|".join(_TENS)
_UNIT_WORD = "|".join(_SMALL[1:10])
_LAST_UNIT = "|".join(list(ORDINALS)[:9])
_POWER = "|".join(_POWERS)
_SINGLE = rf"(?:(?:{_TEN})[\s-](?:{_UNIT_WORD}|{_LAST_UNIT})\b|{_WORDS}|{_LAST}|half|thirds|quarters?)"
NUMBER_WORD = (
    rf"(?:half\s+an?\s+|an?\s+)(?:{_POWER})\b(?:\s+(?:and\s+)?{_SINGLE})*"
    rf"|{_SINGLE}(?:\s+(?:{_POWER})\b(?:\s+(?:and\s+)?(?={_SINGLE}\b(?!\s+(?:and|or)\b)){_SINGLE})?)*"
)


def number_from_words(text: str) -> tuple[float, bool]:
    """(value, whether it counts the place and not the number) of what NUMBER_WORD matched."""
    total, group, ordinal = 0.0, 0.0, False
    words = re.findall(r"[a-z]+", text.lower())
    factor = 1.0
    if len(words) > 1 and words[0] == "half":
        factor, words = 0.5, words[2:]
    if words[-3:] == ["and", "a", "half"]:
        words = words[:-3]
        # two and a half million is not read: the power would stand after it
        group += 0.5
    for word in words:
        if word in _CARDINALS:
            group += _CARDINALS[word]
        elif word in ORDINALS and not (word == "third" and len(words) > 1):
            group, ordinal = group + ORDINALS[word], True
        elif word in _FRACTIONS:
            group = (group or 1) * _FRACTIONS[word]
        elif word in _POWERS:
            power = _POWERS[word]
            if power >= 1000:
                total, group = total + (group or 1) * power, 0.0
            else:
                group = (group or 1) * power
    return factor * (total + group), ordinal
