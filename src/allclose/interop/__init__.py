"""Other graders' files: nbgrader's gradebook and folders."""
