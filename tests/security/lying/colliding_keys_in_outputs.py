"""Sends outputs of a cell whose metadata is a dict of 100,000 keys of one hash: the grader itself would build it."""
# expects: * passed
# flag: cell-protocol
# %% cell
import msgspec

from allclose.sandbox import child, wire

P1, P2, P5, ALL = 11400714785074694791, 14029467366897019727, 2870177450012600261, 2**64 - 1
INVERSE = pow(P2, -1, 2**64)


def lane(number):
    acc = (P5 + number * P2) & ALL
    return ((acc << 31 | acc >> 33) & ALL) * P1 & ALL


pairs, number = [], 0
while len(pairs) < 60_000:
    number += 1
    other = (12345 - lane(number)) * INVERSE & ALL
    if other < 2**61 - 1:
        pairs.append((number, other))
assert len({hash(pair) for pair in pairs}) == 1
keys = b"".join(msgspec.msgpack.encode(pair) + b"\xc0" for pair in pairs)
metadata = b"\xdf" + len(pairs).to_bytes(4, "big") + keys
output = b"\x83" + b"".join(map(msgspec.msgpack.encode, ("output_type", "display_data", "data", {}, "metadata"))) + metadata
outcome = b"\x94" + b"\x91" + output + b"\xc0\xc2\xc2"
send = wire.Channel.send
wire.Channel.send = lambda self, kind, payload, deadline=None: send(self, kind, outcome)
