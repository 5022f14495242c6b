"""The labs' figures, a module a lab; `canvas` shows them. Nothing here needs torch."""
