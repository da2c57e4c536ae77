"""The file of keys that checkpoints are signed with: one a line, the newest last."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from verifier.events.notes import NoteUnreadable, SigningKey
from verifier.settings import PREFIX, SettingError

FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class KeyFileInTheWay(ValueError):
    """A file is there already: a key that is lost or overwritten never signs again."""


def signing_keys(setting: str | None) -> tuple[SigningKey, ...]:
    """The keys that the setting names; none where it names no file. Raises `SettingError`."""
    return read_keys(Path(setting)) if setting else ()


def read_keys(path: Path) -> tuple[SigningKey, ...]:
    """The keys of the file. Raises `SettingError` where it holds none that can sign together."""
    try:
        lines = path.read_text("ascii").split()
        keys = tuple(SigningKey.read(line) for line in lines)
    except (OSError, UnicodeDecodeError, NoteUnreadable) as error:
        message = f"{PREFIX}AUDIT_KEY names a file that cannot be used: {error}"
        raise SettingError(message) from None
    if not keys or len({key.name for key in keys}) > 1:
        message = f"{PREFIX}AUDIT_KEY names a file that must hold keys of one name, one a line."
        raise SettingError(message)
    return keys


def write_key(path: Path, key: SigningKey) -> None:
    """A new file with the key, for its owner alone. Raises `KeyFileInTheWay`."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        message = f"{path} is there already; --rotate adds a key to it."
        raise KeyFileInTheWay(message) from None
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())


def add_key(path: Path) -> SigningKey:
    """A new key of the same name as the file's others, added to them; the file stays whole."""
    keys = read_keys(path)
    key = SigningKey.generate(keys[0].name)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    write_key(part, key)
    part.write_text("".join(f"{each}\n" for each in (*keys, key)), "ascii")
    part.replace(path)
    return key


def others_may_read(path: Path) -> bool:
    """Whether anybody but the file's owner can read the keys."""
    return bool(path.stat().st_mode & FOR_OTHERS)
