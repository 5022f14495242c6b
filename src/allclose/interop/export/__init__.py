"""Grades out of the course, in the form that each grader and course site takes."""
