"""The specification of what a retry leaves alone, as plainly as it can be said. It shares no code with the engine."""

from typing import Any

from models.vocabulary import TEXT_FIELDS
from tests.engine.oracle import Held, Row, policy
from workers.engine.frames import EngineOptions


def hold(rows: list[Row], outcomes: dict[int, dict[str, Any]], options: EngineOptions) -> Held:
    """What settled rows have set: what the file says of a contact, whatever it was like, where that is not added but written; what they
    changed; and of a contact that they created all they gave it."""
    held: Held = {}
    for row in sorted(rows, key=lambda row: row["row"]):
        line = outcomes[row["row"]]
        if line["outcome"] not in ("created", "updated", "unchanged"):
            continue
        for field in (*TEXT_FIELDS, "consent", "tags", *(name for name in row if name.startswith("custom."))):
            rule, said = policy(options, field), row.get(field)
            clears = said in ("", []) and options.empty_cells.value == "clear" and field != "consent"
            is_given = line["outcome"] == "created" and bool(said or (field == "owner" and row.get("assigned_owner")))
            is_said = rule == "overwrite" and (bool(said) or clears)
            if rule in ("overwrite", "fill_blank") and (is_given or is_said or field in line["changes"]):
                held[line["contact"], field] = row["row"]
    return held
