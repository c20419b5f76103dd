"""The address that a citation has for everybody: as words to print and to copy, and as a code for a phone's camera."""

from __future__ import annotations

import segno

from web.layout import escaped

__all__ = ["public_address", "qr_code"]


def public_address(public: str, link: str) -> str:
    """`link`, which is relative to the page, below the page's own address; empty for a site that has none."""
    return f"{public}/{link}" if public else ""


def qr_code(address: str) -> str:
    """The address as a QR code in SVG, on one line, which is as large as its place is.

    On paper it stands beside the address in words, so a screen reader passes it by.
    """
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, border=4, lineclass=None, svgclass=None
    )
    return f'<div class="qr" aria-hidden="true" data-for="{escaped(address)}">{drawn.strip()}</div>'
