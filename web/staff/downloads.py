"""Tables that staff take with them: results of the suites, and the suites themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from staff.unanswered import Unanswered
from staff.usage import Usage, usage_rows
from web.staff.guard import PREFIX

__all__ = ["NOT_FOUND", "RATES", "RESULTS", "SUITES", "WEEKS", "download_routes"]

RESULTS, SUITES = "results", "suites"
RATES, WEEKS, NOT_FOUND = "rates", "weeks", "not-found"
_DAYS = range(1, 3651)


def download_routes(bench: Bench) -> APIRouter:
    """`GET /staff/tables/results/results.csv` (of the draft), `GET /staff/tables/suites/NAME.csv`,
    `GET /staff/tables/counts/DAYS/rates.csv` (weeks, not-found); TSV and XLSX too."""
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

    @router.get("/counts/{days}/{file}")
    def counts(days: int, file: str) -> Response:
        usage, name = Usage(bench.state), PurePath(file)
        made: dict[str, Callable[[], list[list[str]]]] = {
            RATES: lambda: usage_rows(usage.rates(days)),
            WEEKS: lambda: usage_rows(usage.weeks(-(-days // 7))),
            NOT_FOUND: lambda: Unanswered(bench.state).rows(days),
        }
        if days not in _DAYS or name.stem not in made or name.suffix not in FORMATS:
            return JSONResponse({"error": "There is nothing at this address."}, 404)
        return _table(file, made[name.stem]())

    return router


def _table(file: str, rows: Sequence[Sequence[str]]) -> Response:
    headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
    return Response(table_bytes(rows, PurePath(file).suffix), media_type="application/octet-stream", headers=headers)
