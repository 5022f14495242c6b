"""The reference of each lab: PyTorch, on any device, readable enough to teach from."""
