"""The parts of the documentation that are made from the code.

`python -m tests.generated` writes them anew. Such a part stands
between `<!-- generated: name -->` and `<!-- /generated -->`.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.document import OPERATIONS
from verifier.accounts.permissions import RULES
from verifier.claims.workflow import CLAIM_WORKFLOW
from verifier.desks.schemas import Policy
from verifier.desks.service import POLICY_DEFAULTS
from verifier.reviews.workflow import VERDICT_WORKFLOW

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- /generated -->)", re.DOTALL)


def written(text):
    """The page with its generated parts as the code has them now."""
    return PART.sub(lambda part: f"{part[1]}{MAKERS[part[2]]()}\n{part[3]}", text)


def _endpoint_table():
    rows = (
        f"| `{each.method} {each.path}` | `{each.spec['x-permission']}`"
        f"{'*' if {} in each.spec['security'] else ''} | {each.spec['summary']} |"
        for each in OPERATIONS.values()
    )
    return "\n".join(["| endpoint | permission | |", "|---|---|---|", *rows])


def _permission_table():
    rows = (
        f"| `{permission}` | {rule.role.name}{' or operator' if rule.operator else ''} "
        f"| {'yes' if rule.partners else ''} | `{rule.scope}` | {'yes' if rule.public else ''} |"
        for permission, rule in RULES.items()
    )
    head = "| permission | least role | partners too | token's scope | published: anybody |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def _policy_table():
    rows = (
        f"| `{name}` | {field.metadata['description']} | {_shown(POLICY_DEFAULTS.get(name))} |"
        for name, field in Policy().fields.items()
    )
    return "\n".join(["| member | asks | if nothing is said |", "|---|---|---|", *rows])


def _shown(default):
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "none" if default is None else default


def _diagram(workflow):
    return "\n".join(["```mermaid", *workflow.diagram(), "```"])


MAKERS = {
    "endpoints": _endpoint_table,
    "permissions": _permission_table,
    "policy": _policy_table,
    "claim_workflow": lambda: _diagram(CLAIM_WORKFLOW),
    "verdict_workflow": lambda: _diagram(VERDICT_WORKFLOW),
}


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page.read_text("utf-8")), "utf-8")
