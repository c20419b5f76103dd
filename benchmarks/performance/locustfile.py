"""Patients at the API and the page, by Locust; the server is started apart, and asked on this machine alone.

python app.py --port 7990 --trusted_proxies 127.0.0.1
locust -f benchmarks/performance/locustfile.py --host http://127.0.0.1:7990 --headless --users 50 --spawn-rate 10 \
    --run-time 1m --only-summary

Each user has an address of its own, as a proxy tells it, so that the limit of one address is not what is measured.
They read for 5 to 15 seconds between an answer and the next question, and follow up half of the time.
"""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

from locust import HttpUser, between, task

_FILE = Path(__file__).resolve().parents[2] / "corpus" / "questions" / "istiratumab.jsonl"
_QUESTIONS = [json.loads(line)["q"] for line in _FILE.read_text("utf-8").splitlines()]
_NUMBERS = itertools.count()


class Patient(HttpUser):
    """Asks through the API, and as the page's script does."""

    wait_time = between(5, 15)

    def on_start(self) -> None:
        number = next(_NUMBERS)
        self.client.headers["x-forwarded-for"] = f"198.51.{number // 250}.{number % 250}"
        self.session, self.conversation = f"locust-{number}", None

    @task
    def ask_api(self) -> None:
        follow_up = self.conversation if random.random() < 0.5 else None  # noqa: S311 - no secret
        body = {"text": random.choice(_QUESTIONS), "conversation": follow_up}  # noqa: S311
        with self.client.post("/api/ask", json=body, catch_response=True) as response:
            if response.status_code == 200:
                self.conversation = response.json()["conversation"]
            else:
                response.failure(f"status {response.status_code}")

    @task
    def ask_page(self) -> None:
        event = {"data": [random.choice(_QUESTIONS), None], "fn_index": 0, "session_hash": self.session}  # noqa: S311
        while True:
            with self.client.post("/gradio_api/run/predict", json=event, catch_response=True) as response:
                if response.status_code != 200:
                    response.failure(f"status {response.status_code}")
                    return
                if 'class="pending"' not in response.json()["data"][0]:
                    return
            event |= {"data": [None], "fn_index": 1}
