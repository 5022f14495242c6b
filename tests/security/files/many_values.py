"""Is forty megabytes of empty lists, which would take gigabytes once they are read."""
# status: bad-file
# %% hand-in
def hand_in(content, path):
    path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": [' + "[]," * 13_000_000 + '[]]}, "cells": []}')
