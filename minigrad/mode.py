"""State of the moment (to be written)."""
observer = None
