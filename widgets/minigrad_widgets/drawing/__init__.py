"""One drawing of one moment, as the browser makes it: each module is the twin of that name in `frontend/`.

Both read `tests/fixtures/`, which holds them to the same words, boxes and lines.
"""
