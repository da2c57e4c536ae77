"""Work in a process of its own: its results and errors come back, its failures stay there."""

import os
import time

import pytest

from verifier.kit.isolated import MEMORY, Isolated, Stopped
from verifier.sources.extraction import NoTextFound
from verifier.sources.payloads import extract_payload


@pytest.fixture(scope="module")
def isolated():
    reader = Isolated(seconds=60)
    yield reader
    reader.close()


def test_results_come_back(isolated):
    assert isolated.call(len, [1, 2]) == 2
    assert isolated.call(os.getpid) != os.getpid()


def test_the_works_own_errors_come_back(isolated):
    with pytest.raises(NoTextFound):
        isolated.call(extract_payload, b"\x89PNG", "image/png", None, None)


def test_what_takes_too_long_is_ended():
    hasty = Isolated(seconds=3)
    with pytest.raises(Stopped, match="within 3 seconds"):
        hasty.call(time.sleep, 10_000)
    assert hasty.call(len, "go on") == 5
    hasty.close()


def test_a_crash_ends_that_process_only(isolated):
    with pytest.raises(Stopped, match="crashed"):
        isolated.call(os._exit, 11)
    assert isolated.call(len, "go on") == 5


def test_memory_has_an_end(isolated):
    with pytest.raises(Stopped, match="memory"):
        isolated.call(bytearray, MEMORY)
    assert isolated.call(len, "go on") == 5
