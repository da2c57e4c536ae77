"""The demonstration."""

from __future__ import annotations


def run_demo(port: int) -> None:
    """Do the whole job on a fresh database."""
    del port
