"""A learner's traceback as it would be if nobody watched: without the frames of a watcher of torch."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

_HERE = str(Path(__file__).parent)


def unwatched(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback without our frames, and those of torch that are there because of them."""
    entries = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    kept: list[TracebackType] = []
    within = False  # ours are the last that were left out
    for entry in entries:
        code = entry.tb_frame.f_code
        if code.co_filename.startswith(_HERE):
            if not within and kept and kept[-1].tb_frame.f_code.co_name == "handle_torch_function":
                # A function of torch handed itself to us and comes again below.
                del kept[-2:]
            within = True
        elif not (within and code.co_filename.endswith(("torch/_ops.py", "torch/utils/_stats.py"))):
            within = False
            kept.append(entry)
    for entry, following in zip(kept, [*kept[1:], None], strict=True):
        entry.tb_next = following
    return kept[0] if kept else None
