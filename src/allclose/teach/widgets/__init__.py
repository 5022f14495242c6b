"""What moves in the labs: figures with sliders, and games. Everywhere else they are pictures."""

from allclose.teach.widgets.explorer import Explorer, explore

__all__ = ["Explorer", "explore"]
