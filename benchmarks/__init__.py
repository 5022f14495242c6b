"""How fast a class is graded: the real `allclose grade` against the real `nbgrader autograde`, in one run."""
