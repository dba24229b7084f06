"""What a request brings with it: who asks, and how it is answered when that fails."""

from api.context.resolving import Attempt, Context, Info

__all__ = ["Attempt", "Context", "Info"]
