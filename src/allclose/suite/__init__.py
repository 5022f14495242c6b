"""The hidden pytest suite: marks, collection once, fixtures, the in-process run."""
