"""What a process that parses a workbook may take, and what is said when it would take more."""

import os
import resource
from pathlib import Path

from models.errors import LimitExceeded
from workers.engine.workbooks.sheets import Request

OUT_OF_MEMORY = "workbook_out_of_memory"
_SIZES = Path("/proc/self/statm")


def limit_process(request: Request) -> None:
    """Bound this process, before it looks at the workbook; a system without a limit of some kind goes without it."""
    bounds = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, request.cpu_seconds),
        (resource.RLIMIT_AS, _memory_of_this_process() + request.memory_bytes),
    )
    for kind, bound in bounds:
        _, hard = resource.getrlimit(kind)
        least = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        try:
            resource.setrlimit(kind, (least, hard))
        except (ValueError, OSError):
            continue


def out_of_memory(limit: int) -> LimitExceeded:
    """What is said when parsing took more memory than it may."""
    return LimitExceeded(
        f"The workbook needs more than {limit:,} bytes of memory to be read (ROLODOCK_WORKBOOK_MEMORY_BYTES). "
        "Save it as CSV, or without the sheets, pictures and formats that are not needed.",
        code=OUT_OF_MEMORY,
    )


def _memory_of_this_process() -> int:
    # Where the system does not tell, the limit does not hold either (macOS).
    return int(_SIZES.read_bytes().split()[0]) * os.sysconf("SC_PAGE_SIZE") if _SIZES.exists() else 0
