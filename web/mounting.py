"""How a page of Gradio Blocks is put on a server: without all that Gradio would add to it."""

from __future__ import annotations

from typing import Any

import gradio as gr
import matplotlib
from fastapi import FastAPI

from web.page import theme

__all__ = ["mount_page"]


def mount_page(app: FastAPI, blocks: gr.Blocks, path: str, **more: Any) -> None:
    """Serve Blocks under a path; `more` are further options of gr.mount_gradio_app."""
    # Gradio asks at each event which backend is set; were none, the first patient would wait for all of pyplot.
    matplotlib.use("agg")
    gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        theme=theme(),
        **more,
    )
