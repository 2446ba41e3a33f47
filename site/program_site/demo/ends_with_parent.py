"""Becomes the command in its arguments, having asked Linux to end it when its parent ends.

    python ends_with_parent.py celery worker …

A script to be run by its path, with nothing imported that takes time. Elsewhere than on Linux it
only becomes the command.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # From Linux's prctl(2). It outlives exec.


def end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    end_with_parent()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606
