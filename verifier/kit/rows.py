"""Names for the types of rows and statements, whatever their columns, and of what runs them."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select
from sqlalchemy.orm import Session

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
Reader: TypeAlias = Connection | Session
"""What a statement that reads columns can be run on."""
