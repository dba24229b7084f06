"""Loads modules as cheaply as can be: a process here spends most of its start on that."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load modules in the block. What they define stays for good, so nothing is garbage while they do, and no later search for garbage
    goes through them; both together would cost a quarter of the time of loading, and a tenth of a second now and then after it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
