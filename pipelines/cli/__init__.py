"""The `kpi` command: one thin file per group of verbs, each verb one call into a step."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command; a mistake somebody can mend is one line and exit status 1, not a stack trace."""
    from pipelines.cli.app import app
    from pipelines.cli.console import complain
    from pipelines.errors import KpiError

    try:
        app()
    except KpiError as error:
        complain(error)
        sys.exit(1)
