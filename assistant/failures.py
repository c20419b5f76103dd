"""What is logged when a stage of the assistant breaks: where, and never what the patient wrote."""

from __future__ import annotations

import logging
import traceback

__all__ = ["log_failure"]

_LOG = logging.getLogger(__name__)


def log_failure(error: Exception) -> None:
    """Log the kind of error and the lines of code it came through.

    Its message is left out: it may quote the question.
    """
    _LOG.error("%s\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
