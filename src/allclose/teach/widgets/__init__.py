"""What moves in the labs: figures with sliders, and games. Everywhere else they are pictures."""

from allclose.teach.widgets.explorer import Explorer, explore
from allclose.teach.widgets.rating_form import feedback

__all__ = ["Explorer", "explore", "feedback"]
