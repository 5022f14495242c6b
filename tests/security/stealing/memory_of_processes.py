"""Reads the memory of every process that it can see."""
# %% cell
import os
import re

WORDS = re.compile(b"SUITE" + b"-SECRET|REFERENCE" + b"-SECRET|NEIGHBOUR" + b"-SECRET|5eed" * 1 + b"(?:5eed){9}")
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in maps:
                begin, end = (int(number, 16) for number in line.split()[0].split("-"))
                if "[heap]" in line or int(pid) != os.getpid():
                    memory.seek(begin)
                    if WORDS.search(memory.read(min(end - begin, 2**25))):
                        print("GOT-" + "THROUGH", pid)
    except (OSError, ValueError, OverflowError):
        pass
