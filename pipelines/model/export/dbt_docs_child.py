"""The process in which dbt draws its documentation: it ends, and with it every handle on the working file.

Belongs here: what dbt is asked. Does not: where the file goes (dbt_docs.py). Usage: python -m
pipelines.model.export.dbt_docs_child TARGET_FOLDER, in the environment of model/dbt.py; the last line it writes is
dbt's word where it failed.
"""

from __future__ import annotations

import sys
from typing import Any, cast

QUIET = ["--quiet", "--no-use-colors", "--log-level", "none", "--log-level-file", "none", "--no-partial-parse"]


def main(target: str) -> int:
    """Parses into `target` and draws there.

    Nothing is compiled: dbt would write that over models outside its project (model/dbt_child.py).
    """
    from dbt.cli.main import dbtRunner

    parsed = dbtRunner().invoke([*QUIET, "parse", "--target-path", target])
    drawn, manifest = parsed, cast(Any, parsed.result)
    if parsed.success:
        asked = ["docs", "generate", "--static", "--no-compile", "--target-path", target]
        drawn = dbtRunner(manifest=manifest).invoke([*QUIET, *asked])
    if not drawn.success:
        said: Any = drawn.exception or getattr(drawn.result, "errors", None) or "dbt says nothing"
        print(" ".join(str(said).split()))
    return 0 if drawn.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
