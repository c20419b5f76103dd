"""A chat page as the tutorials of Gradio and LangChain have it: gr.ChatInterface over similarity_search.

    python -P benchmarks/peers/chat_langchain_faiss.py MODEL FOLDER LIMIT

FOLDER is the index that `worker.py` kept of langchain_faiss. LIMIT is how many questions Gradio works on at once;
0 leaves Gradio's default. Prints the page's address. The endpoint is `/chat`.
"""

from __future__ import annotations

import sys

import gradio as gr

from benchmarks.peers.peer_io import SHOWN
from benchmarks.peers.peer_langchain_faiss import open_store


def main() -> None:
    model, folder, limit = sys.argv[1], sys.argv[2], int(sys.argv[3])
    store = open_store(model, folder)

    def chat(message: str, _: list[dict[str, str]]) -> str:
        return "\n\n".join(page.page_content for page in store.similarity_search(message, k=SHOWN))

    page = gr.ChatInterface(chat, api_name="chat", analytics_enabled=False)
    if limit:
        page.queue(default_concurrency_limit=limit)
    threads = {"max_threads": limit} if limit else {}
    _, address, _ = page.launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, ssr_mode=False, **threads
    )
    print(address, flush=True)  # noqa: T201 - whoever started it reads this
    page.block_thread()


if __name__ == "__main__":
    main()
