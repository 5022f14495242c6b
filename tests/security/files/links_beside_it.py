"""Hands in links to secrets beside its notebook, and prints what they lead to."""
# flag: file-ignored
# %% cell
import os

for name in sorted(os.listdir(".")):
    if name.startswith("linked") or os.path.islink(name):
        print("GOT-" + "THROUGH", name)
# %% hand-in
import json
import os


def hand_in(content, path):
    root = path.parents[3]
    path.write_text(json.dumps(content))
    for name, target in {"linked.py": root / "solutions" / "bank.py", "linked.txt": root / ".allclose" / "secret"}.items():
        if not path.with_name(name).is_symlink():
            os.symlink(target, path.with_name(name))
    if not path.with_name("linked-hard.txt").exists():
        os.mkfifo(path.with_name("linked-hard.txt"))
