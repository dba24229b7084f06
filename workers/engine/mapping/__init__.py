"""Suggests which contact field each column holds, and chooses a mapping from the suggestions."""

from workers.engine.mapping.choice import CERTAIN, CHOSEN, choose_mapping, is_certain
from workers.engine.mapping.suggestion import suggest_mapping

__all__ = ["CERTAIN", "CHOSEN", "choose_mapping", "is_certain", "suggest_mapping"]
