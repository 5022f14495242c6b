"""The student's side: data, plots and public checks; works without torch."""
