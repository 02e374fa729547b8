"""dbt's own documentation of the project as one file that loads nothing: models, columns, tests, lineage, exposures.

Belongs here: having it drawn (dbt_docs_child.py) and making it safe to hand on. Does not: what it says (dbt_project/).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pipelines.errors import KpiError, without_data
from pipelines.model import dbt
from pipelines.settings import DBT_PROJECT, REPOSITORY, Settings

# dbt's page makes its views from text, so scripts in it and eval have to be allowed; nothing it could load or send is.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
)


def write_dbt_docs(settings: Settings, out: Path) -> int:
    """Writes the file; its size. Raises KpiError without a finished run, while one runs, or where dbt fails."""
    if out.is_dir():
        raise KpiError("this is a folder", file=out, next_step="name a file")
    if not settings.warehouse.is_file():
        raise KpiError("there is no working file to describe", file=settings.warehouse, next_step="run `kpi run`")
    with tempfile.TemporaryDirectory() as target:
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.model.export.dbt_docs_child", target],
            cwd=DBT_PROJECT,
            env=dbt.environment(settings) | {"DBT_TARGET_PATH": target},
            capture_output=True,
            text=True,
            check=False,
        )
        drawn = Path(target) / "static_index.html"
        if done.returncode or not drawn.is_file():
            words = without_data((done.stdout.strip() or done.stderr.strip() or "no word").splitlines()[-1])
            raise KpiError(f"dbt cannot draw its documentation: {words}", next_step="wait for a run to end, then again")
        text = _closed(drawn.read_text(encoding="utf-8"), settings, target)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    return out.stat().st_size


def _closed(text: str, settings: Settings, target: str) -> str:
    """The page with a policy that lets it load nothing, and without the folders of this machine."""
    for folder, called in ((settings.data.resolve(), "data"), (REPOSITORY, "."), (Path(target), "target")):
        text = text.replace(json.dumps(str(folder))[1:-1], called)
    head = f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return text.replace("<head>", head, 1)
