"""Untrusted and source notebooks: read, repair, release, splice."""
