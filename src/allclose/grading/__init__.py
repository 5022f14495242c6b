"""One submission to a Grade; a batch; the result store; verify."""
