"""SIGTERM waits until a process is ready to hear it: one that is still starting must not die without its last words."""

import signal


def hold_stop() -> None:
    """Let SIGTERM wait. Called by the supervisor in every new child."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def hear_stop() -> None:
    """Receive SIGTERM, also one that came meanwhile. Called once a handler is installed."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
