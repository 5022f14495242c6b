"""Claims to be of notebook formats that never were, or are long gone."""
# status: bad-file
# %% hand-in
import json


def hand_in(content, path):
    path.write_text(json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [content]}]}))
