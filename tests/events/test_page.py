"""The page on the trail: its Python checks a proof that the service gave, and no other."""

import json
import re
import subprocess
import sys

from tests.generated import ROOT
from verifier.events.checkpoints import Gatherer
from verifier.events.notes import SigningKey

SNIPPET = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
KEY, OTHER = (SigningKey.generate("trail.example") for _ in range(2))


def test_its_python_checks_a_proof(newsroom, database, tmp_path):
    (snippet,) = SNIPPET.findall((ROOT / "docs" / "audit.md").read_text("utf-8"))
    claim, _ = newsroom.published()
    Gatherer(database, [OTHER, KEY])()
    for n in range(3):
        newsroom.claim(text=f"Claim {n}.")
    Gatherer(database, [OTHER, KEY])()
    newsroom.act(claim, "ed", "assign", assignee=newsroom.ids["rev"], status=409)
    proof = newsroom.call("GET", f"{claim}/proof").json
    spoilt = json.loads(json.dumps(proof))
    spoilt["items"][0]["hash"] = "0" * 64

    def check(document, key):
        file = tmp_path / "proof.json"
        file.write_text(json.dumps(document))
        command = [sys.executable, "-c", snippet, str(file), str(key.verifier)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert check(proof, KEY).stdout == "It holds: ['verdict.published']\n"
    assert "AssertionError" in check(spoilt, KEY).stderr
    assert check(proof, SigningKey.generate("trail.example")).returncode == 1
