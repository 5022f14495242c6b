"""What others take of an assignment: students, otter, Gradescope. Each module has a `bundle(assignment, folder)`."""
