"""nbgrader's settings for this folder as a course; nbgrader hands `get_config` to this file when it reads it."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "course"
