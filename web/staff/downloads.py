"""Tables that staff take with them: results of the suites, and the suites themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from staff.bench import Bench
from staff.changes import Status
from staff.errors import StaffError
from staff.suite_run import passage_words
from staff.suite_tables import results_rows, suite_rows
from staff.suites import find_suite, read_suites
from staff.table_files import FORMATS, table_bytes
from web.staff.guard import PREFIX

__all__ = ["RESULTS", "SUITES", "download_routes"]

RESULTS, SUITES = "results", "suites"


def download_routes(bench: Bench) -> APIRouter:
    """`GET /staff/tables/results/results.csv` (of the draft), `GET /staff/tables/suites/NAME.csv`; TSV and XLSX too."""
    router = APIRouter(prefix=f"{PREFIX}/tables", include_in_schema=False)

    @router.get(f"/{RESULTS}/{{file}}")
    def results(file: str) -> Response:
        if PurePath(file).stem != RESULTS or PurePath(file).suffix not in FORMATS:
            return JSONResponse({"error": "There is nothing at this address."}, 404)
        changes = bench.changes.listed(Status.PENDING)
        words = passage_words(bench.drafts.open(changes).assistant.corpus)
        return _table(file, results_rows(bench.trials.results(changes), words))

    @router.get(f"/{SUITES}/{{file}}")
    def suite(file: str) -> Response:
        name = PurePath(file)
        try:
            found = find_suite(read_suites(bench.corpus / "suites"), name.stem)
            return _table(file, suite_rows(found.questions))
        except StaffError as error:
            return JSONResponse({"error": str(error)}, 404)

    return router


def _table(file: str, rows: Sequence[Sequence[str]]) -> Response:
    headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
    return Response(table_bytes(rows, PurePath(file).suffix), media_type="application/octet-stream", headers=headers)
