"""The references, a module per assignment."""
