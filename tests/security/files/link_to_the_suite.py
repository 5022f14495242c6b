"""Is a link to the suite, beside links to the reference, the seed, a neighbour's notebook and the whole disk."""
# status: bad-file
# %% hand-in
import os


def hand_in(content, path):
    root = path.parents[3]
    path.unlink(missing_ok=True)
    for name, target in {
        "bank.ipynb": root / "autograder" / "bank" / "test_bank.py",
        "reference.py": root / "solutions" / "bank.py",
        "seed.txt": root / ".allclose" / "secret",
        "disk": "/",
        "neighbour.ipynb": root / "submitted" / "honest-right" / "bank" / "bank.ipynb",
    }.items():
        if not path.with_name(name).is_symlink():
            os.symlink(target, path.with_name(name))
