"""Signed notes and checkpoints as transparency logs have them (C2SP signed-note, tlog-checkpoint).

A note is a text and lines of signatures below it. A checkpoint is a note whose text is the log's
origin, the number of its leaves, and the root of its Merkle tree: all of pure text in, text out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ED25519: Final = b"\x01"
PRIVATE: Final = "PRIVATE+KEY+"
DASH: Final = "\u2014 "
KEY_BYTES: Final = 32
ROOT_BYTES: Final = 32
ID_BYTES: Final = 4
MOST_SIGNATURES: Final = 100
LONGEST_NOTE: Final = 1_000_000
_NAME: Final = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")


class NoteUnreadable(ValueError):
    """This is no signed note, checkpoint or key; the message says why."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A log's public key with its name: `name+id+base64`."""

    name: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> VerifierKey:
        """From its text. Raises `NoteUnreadable`."""
        name, identity, key = _parts(text, "verifier key")
        found = cls(name, key)
        if identity != found.id:
            raise NoteUnreadable("The verifier key's id is not that of its name and key.")
        return found

    @property
    def id(self) -> bytes:
        """Four bytes by which signatures name their key."""
        named = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(named).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(ED25519 + self.public)}"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A log's private key: `PRIVATE+KEY+name+id+base64`."""

    name: str
    seed: bytes

    @classmethod
    def generate(cls, name: str) -> SigningKey:
        """A new key. Raises `NoteUnreadable` for a name that no note can bear."""
        if not _NAME.fullmatch(name):
            raise NoteUnreadable("A log's name has 1 to 200 characters, without spaces and `+`.")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> SigningKey:
        """From its text. Raises `NoteUnreadable`."""
        if not text.startswith(PRIVATE):
            raise NoteUnreadable(f"A private key begins with {PRIVATE}")
        name, identity, seed = _parts(text.removeprefix(PRIVATE), "private key")
        found = cls(name, seed)
        if identity != found.verifier.id:
            raise NoteUnreadable("The private key's id is not that of its name and key.")
        return found

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return VerifierKey(self.name, public.public_bytes_raw())

    def sign(self, text: str) -> str:
        """The line that stands below the text in a note."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{DASH}{self.name} {_base64(self.verifier.id + signature)}\n"

    def __str__(self) -> str:
        return f"{PRIVATE}{self.name}+{self.verifier.id.hex()}+{_base64(ED25519 + self.seed)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who is said to have signed, and the signature."""

    name: str
    id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a line feed, and what stands below it."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, note: str) -> Note:
        """From its text. Raises `NoteUnreadable`."""
        text, blank, below = note.rpartition("\n\n")
        if len(note) > LONGEST_NOTE or _CONTROL.search(note) or not blank or not text:
            raise NoteUnreadable("This is no signed note: text, an empty line, signatures.")
        lines = below.split("\n")
        if lines.pop() or not 0 < len(lines) <= MOST_SIGNATURES:
            raise NoteUnreadable("A signed note ends with 1 to 100 lines of signatures.")
        return cls(f"{text}\n", tuple(_signature(line) for line in lines))

    def is_signed_by(self, key: VerifierKey) -> bool:
        """Whether one of the signatures is that key's and right."""
        public = Ed25519PublicKey.from_public_bytes(key.public)
        for signature in self.signatures:
            if (signature.name, signature.id) == (key.name, key.id):
                try:
                    public.verify(signature.value, self.text.encode())
                except InvalidSignature:
                    return False
                return True
        return False

    def signers(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """Those of the keys that have signed it."""
        return [key for key in keys if self.is_signed_by(key)]


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says of a log: so many leaves, and their root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, text: str) -> TreeHead:
        """From a note's text; lines after the third are for others. Raises `NoteUnreadable`."""
        origin, size, root, *_ = (*text.split("\n"), "", "", "")
        if not origin or not _SIZE.fullmatch(size):
            raise NoteUnreadable("A checkpoint begins with its origin and its size.")
        head = cls(origin, int(size), _decoded(root))
        if len(head.root) != ROOT_BYTES:
            raise NoteUnreadable("A checkpoint's root is 32 bytes in base64.")
        return head

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


def sign(text: str, keys: Sequence[SigningKey]) -> str:
    """The text as a note that all of the keys have signed."""
    return "".join((text, "\n", *(key.sign(text) for key in keys)))


def _signature(line: str) -> Signature:
    name, _, packed = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not _NAME.fullmatch(name):
        raise NoteUnreadable("A signature is a line such as `— name base64`.")
    value = _decoded(packed)
    if len(value) <= ID_BYTES:
        raise NoteUnreadable("A signature is 4 bytes of its key's id and the signature itself.")
    return Signature(name, value[:ID_BYTES], value[ID_BYTES:])


def _parts(text: str, what: str) -> tuple[str, bytes, bytes]:
    name, _, rest = text.partition("+")
    identity, _, key = rest.partition("+")
    packed = _decoded(key)
    if not _NAME.fullmatch(name) or not re.fullmatch("[0-9a-f]{8}", identity):
        raise NoteUnreadable(f"A {what} is name+id+base64.")
    if len(packed) != 1 + KEY_BYTES or packed[:1] != ED25519:
        raise NoteUnreadable(f"The {what} is none of Ed25519.")
    return name, bytes.fromhex(identity), packed[1:]


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(text: str) -> bytes:
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise NoteUnreadable("This is not base64.") from None
    if _base64(value) != text:
        raise NoteUnreadable("This is not base64 in its one form.")
    return value
