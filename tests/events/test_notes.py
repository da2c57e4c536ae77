"""Signed notes are those of the transparency-log ecosystem; what is none is refused."""

import base64
import stat
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.events.keys import KeyFileInTheWay, add_key, read_keys, write_key
from verifier.events.notes import Note, NoteUnreadable, SigningKey, TreeHead, VerifierKey, sign
from verifier.settings import SettingError

# The example of Go's golang.org/x/mod/sumdb/note, which other implementations are tested with too.
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNED = (
    f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqd"
    "ngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of the C2SP specification of checkpoints.
CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1"
    "gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
KEY = VerifierKey.read(VERIFIER)
OTHER = SigningKey.generate("trail.example")
SPOILT_KEYS = [
    "", VERIFIER[1:], VERIFIER.replace("c74f20a3", "c74f20a4"), VERIFIER.replace("+AR", "+Ah"),
    VERIFIER.replace("+c74", "c74"), VERIFIER + "=", VERIFIER.upper(), VERIFIER.replace("P", " "),
    f"{VERIFIER}\n", "name+c74f20a3+é",
]  # fmt: skip
SPOILT_NOTES = [
    "", TEXT, f"{TEXT}\n", SIGNED[:-1], SIGNED.replace("\n\n", "\n"), SIGNED.replace("—", "-"),
    SIGNED.replace("x08go", "x08g"), SIGNED.replace("PeterNeumann x", "x"), f"\n\n{SIGNED[len(TEXT) + 1 :]}",
    SIGNED.replace("then", "\tthen"), SIGNED.replace("x08go/ZJ", "x08go/Z_"),
    TEXT + "\n" + "— a AAAAAAA=\n" * 101, f"{TEXT}\n— a AAAA\n",
]  # fmt: skip
SPOILT_HEADS = [
    "", "\n1\n\n", "a\n1\n", "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a\n1\nCsUY\n", "a\n1\nnone\n",
    "a\n9999999999999999999\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
]  # fmt: skip


def test_the_example_of_go_is_signed_and_read_alike():
    signer = SigningKey.read(SIGNER)
    assert sign(TEXT, [signer]) == SIGNED
    assert signer.verifier == KEY
    assert (str(KEY), str(signer)) == (VERIFIER, SIGNER)
    note = Note.read(SIGNED)
    assert note.text == TEXT
    assert note.is_signed_by(KEY)
    assert not Note.read(SIGNED.replace("answer", "ANSWER")).is_signed_by(KEY)
    assert not note.is_signed_by(OTHER.verifier)


def test_the_example_of_the_specification_is_read():
    head = TreeHead.read(Note.read(CHECKPOINT).text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert CHECKPOINT.startswith(str(head))
    assert TreeHead.read(f"{head}an extension line\n") == head


@pytest.mark.parametrize("text", SPOILT_KEYS)
def test_what_is_no_key_is_refused(text):
    for read, prefix in ((VerifierKey.read, ""), (SigningKey.read, "PRIVATE+KEY+")):
        with pytest.raises(NoteUnreadable):
            read(prefix + text)
    with pytest.raises(NoteUnreadable):
        SigningKey.read(VERIFIER)


@pytest.mark.parametrize("text", SPOILT_NOTES)
def test_what_is_no_note_is_refused(text):
    with pytest.raises(NoteUnreadable):
        Note.read(text)


@pytest.mark.parametrize("text", SPOILT_HEADS)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteUnreadable):
        TreeHead.read(text)


@given(st.text())
def test_whatever_it_is_it_is_read_or_refused(text):
    for read in (Note.read, TreeHead.read, VerifierKey.read, SigningKey.read):
        with suppress(NoteUnreadable):
            read(text)


def test_old_and_new_key_sign_together():
    signer = SigningKey.read(SIGNER)
    note = Note.read(sign(TEXT, [signer, OTHER]))
    assert note.signers([OTHER.verifier, KEY]) == [OTHER.verifier, KEY]


def test_a_forged_signature_of_a_known_key_counts_for_nothing():
    line = OTHER.sign(TEXT).replace("trail.example", "PeterNeumann")
    packed = base64.b64decode(line.split(" ")[2])
    forged = base64.b64encode(KEY.id + packed[4:]).decode()
    assert not Note.read(f"{TEXT}\n— PeterNeumann {forged}\n").is_signed_by(KEY)


def test_a_key_file_is_its_owners_and_never_overwritten(tmp_path):
    file = tmp_path / "trail.key"
    write_key(file, OTHER)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(KeyFileInTheWay):
        write_key(file, SigningKey.generate("other.example"))
    added = add_key(file)
    assert read_keys(file) == (OTHER, added)
    assert added.name == OTHER.name
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["trail.key"]


@pytest.mark.parametrize("content", ["", "no key", f"{SIGNER}\n{OTHER}\n", "ключ"])
def test_a_file_without_usable_keys_is_told_at_the_start(tmp_path, content):
    file = tmp_path / "trail.key"
    file.write_text(content, "utf-8")
    with pytest.raises(SettingError, match="VERIFIER_AUDIT_KEY"):
        read_keys(file)
    with pytest.raises(SettingError, match="VERIFIER_AUDIT_KEY"):
        read_keys(tmp_path / "none.key")
