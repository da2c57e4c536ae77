"""What the pages' tests share."""

from __future__ import annotations

MARK = "Zangezur"
"""Stands in whatever no page may show."""


def page_of(path):
    """The public page of a claim's address in the API."""
    return path.replace("/v1/claims/", "/factchecks/")
