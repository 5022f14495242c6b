"""nbgrader's settings for this folder as a course; nbgrader hands `get_config` to this file when it reads it."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "course"

# `nbgrader autograde` and the formgrader's button run notebooks in allclose's sandbox; `allclose grade` always does.
c.Autograde.autograde_preprocessors = __import__("allclose").autograde_preprocessors()
