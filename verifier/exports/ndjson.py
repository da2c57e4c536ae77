"""NDJSON: one claim a line, whole, so that an import gives back the same record.

A reader splits at the line feed alone: U+2028 and its like may stand inside a text.
"""

from collections.abc import Mapping

import orjson


def line(record: Mapping[str, object]) -> bytes:
    r"""The record in UTF-8, ended by a line feed; members may be `orjson.Fragment`.

    A fragment comes as the database wrote it and may be broken over lines. Inside a JSON text a
    raw line break can only be white space between tokens, so a space says the same.
    """
    return orjson.dumps(record).replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"
