from __future__ import annotations

collect_ignore = ["soup_lines.py"]  # for the system's Python
