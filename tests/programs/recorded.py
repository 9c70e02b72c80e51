"""Torch's answers to some random programs, in a file: so the tests need no torch."""
