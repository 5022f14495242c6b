"""Runs student code: the warm zygote, isolation, limits, the wire, the shell, the proxies."""
