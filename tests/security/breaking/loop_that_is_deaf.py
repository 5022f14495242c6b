"""Ignores and blocks every signal, then waits for ever."""
# expects: draw timeout
# %% draw
import signal


def draw(rng, n):
    if n == 4:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
        while True:
            signal.pause()
    return rng.normal(size=n)
