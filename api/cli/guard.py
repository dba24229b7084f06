"""`python -m api.cli.guard PROGRAM ARGUMENT…`: becomes a program that knows nothing of lifelines, and leaves a guard beside it.

The guard is a fork of this process; the program takes this process over. So the program is the direct child of whoever
started this, with its exit status and signals, and the guard ends it when that parent is gone.
"""

import os
import select
import signal
import sys

from api.cli.lifeline import GRACE_SECONDS, inherited_read_end


def main() -> None:
    read_end = inherited_read_end()
    if read_end is not None:
        _leave_guard(read_end)
    os.execvp(sys.argv[1], sys.argv[1:])


def _leave_guard(parent_gone: int) -> None:
    program_gone, held_by_program = os.pipe()
    program = os.getpid()
    if os.fork() == 0:
        os.close(held_by_program)
        _guard(program, parent_gone, program_gone)
        os._exit(0)
    os.set_inheritable(held_by_program, True)


def _guard(program: int, parent_gone: int, program_gone: int) -> None:
    # In a session of its own, so that what ends the program's group leaves the guard to see to its end.
    os.setsid()
    _let_go_of_output()
    ready, _, _ = select.select([parent_gone, program_gone], [], [])
    if program_gone in ready:
        return
    for final in (signal.SIGTERM, signal.SIGKILL):
        if os.getppid() == program:
            os.kill(program, final)
        if select.select([program_gone], [], [], GRACE_SECONDS)[0]:
            return


def _let_go_of_output() -> None:
    """A reader of the program's output must see it end with the program."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


if __name__ == "__main__":
    main()
