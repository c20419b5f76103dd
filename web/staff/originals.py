"""The file that was dropped in: its words beside what the converter made of them, and kept to be compared with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.convert import Converted, convert
from staff.errors import StaffError
from web.layout import escaped
from web.staff.tables import differing

__all__ = ["EMPTY", "Original", "read_original"]

EMPTY = (
    '<h3>The original’s words</h3><p class="quiet">They come here, beside what the converter made of them. A converter '
    "guesses: read the two side by side.</p>"
)


@dataclass(frozen=True)
class Original:
    """The file that was dropped in last: kept on the server, so that what is proposed is compared with it."""

    name: str
    sha256: str
    converted: Converted

    @property
    def markup(self) -> str:
        """The original's words."""
        words = escaped(self.converted.original)
        return f'<h3>The original’s words</h3><div class="original" tabindex="0">{words}</div>'

    @property
    def told(self) -> str:
        """What to check, and what is not as in the original."""
        remarks = "".join(f"<li>{escaped(remark)}</li>" for remark in self.converted.remarks)
        return (f"<h3>To check</h3><ul>{remarks}</ul>" if remarks else "") + differing(self.converted.differences)

    def as_content(self, text: str) -> dict[str, Any]:
        """What a change says of it: where the text differs in numbers, an approver must give a reason."""
        differences = [str(d) for d in self.converted.against(text) if d.is_of_numbers]
        return {"name": self.name, "sha256": self.sha256, "differences": differences}


def read_original(file: str | None) -> Original:
    """Raises StaffError if there is no file, ConversionError if it cannot be read."""
    if not file:
        raise StaffError("Choose a file first.")
    path = Path(file)
    data = path.read_bytes()
    return Original(path.name, hashlib.sha256(data).hexdigest(), convert(path.name, data))
