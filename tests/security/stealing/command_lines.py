"""Reads the command lines, folders and programs of every process, to learn where the course is."""
# %% cell
import glob
import os

for folder in glob.glob("/proc/[0-9]*"):
    for name in ("cmdline", "comm", "status", "stat", "wchan", "mountinfo", "cgroup"):
        try:
            with open(f"{folder}/{name}", "rb") as file:
                print(name, file.read())
        except OSError:
            pass
    for name in ("cwd", "root", "exe"):
        try:
            print(name, os.readlink(f"{folder}/{name}"))
        except OSError:
            pass
