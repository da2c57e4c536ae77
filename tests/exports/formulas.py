"""What a spreadsheet would take for a formula, by a second rule than the exporter's."""

from unicodedata import category

SIGNS = "=+-@＝＋－＠"
INVISIBLE = '"\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff'


def starts_formula(cell: str) -> bool:
    """What is white, invisible or a quote falls away, and a sign is left."""
    letters = (c for c in cell if category(c)[0] != "Z" and category(c) != "Cc")
    letters = (c for c in letters if c not in INVISIBLE)
    return next(letters, "") in set(SIGNS)
