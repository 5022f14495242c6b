"""Downloads of course sites -> nbgrader's `submitted/`; whoever handed something in is in it, or is told of."""
