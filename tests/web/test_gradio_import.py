"""What Gradio does when it is imported at a start."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

CODE = """
import inspect, sys
opened = []
sys.addaudithook(lambda event, given: opened.append(given[0]) if event == "open" else None)
from web.gradio_import import without_stubs
real = inspect.getfile
with without_stubs():
    import gradio as gr
print([path for path in map(str, opened) if path.endswith(".pyi")], inspect.getfile is real)
print(gr.Textbox(label="a", render=False).get_config()["label"], inspect.getfile(gr.Textbox).endswith("textbox.py"))
"""


def test_no_stub_is_read_or_written_and_its_components_are_whole() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[] True\na True\n"
