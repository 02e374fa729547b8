"""The process that dbt runs in: it ends, and with it every handle on the warehouse file.

dbt inside our own process leaves the file locked, and importing it costs 1.2 CPU s that Dagster's long-lived process
need not pay. Talks to its parent (dbt.py) in lines of JSON on standard output, one per finished node; a failed model is
such a line too, so that any exit status but 0 means that the process itself broke.

Usage: python -m pipelines.model.dbt_child TARGET_FOLDER, then commands as lines of JSON on standard input
(["parse"], ["build", "--exclude", …]); each is answered by facts and {"done": …}. It ends when its input does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

QUIET = ["--quiet", "--no-use-colors", "--log-level", "none", "--log-level-file", "none", "--no-write-json"]


def main(target: Path) -> None:
    manifest: Any = None
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        if command == "parse":
            manifest = _parse(target)
        else:
            _run(manifest or _kept(target), command, arguments)
        _say({"done": command})


def _parse(target: Path) -> Any:
    """The manifest of the project as it is now; its graph is written beside what dbt keeps."""
    from dbt.cli.main import dbtRunner

    parsed = dbtRunner().invoke([*QUIET, "parse"])
    if not parsed.success:
        _say({"error": str(parsed.exception)})
        return None
    _write(target / "graph.json", json.dumps(_graph(parsed.result), ensure_ascii=False).encode())
    return parsed.result


def _kept(target: Path) -> Any:
    """The manifest dbt kept of its last parse; handing it over saves looking at every file again."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    return Manifest.from_msgpack((target / "partial_parse.msgpack").read_bytes(), decoder=extended_mashumuro_decoder)


def _run(manifest: Any, command: str, arguments: list[str]) -> None:
    from dbt.cli.main import dbtRunner

    files = _keep_dbt_off_the_models(manifest)
    manifest.build_flat_graph()
    done = dbtRunner(manifest=manifest, callbacks=[_on_event]).invoke([*QUIET, command, *arguments])
    if done.exception:
        _say({"error": str(done.exception)})
        return
    results: Any = done.result  # one of many types, by command
    for result in results or []:
        _say(_result(result) | {"file": files.get(result.node.unique_id, result.node.original_file_path)})


def _keep_dbt_off_the_models(manifest: Any) -> dict[str, str]:
    """Makes the path of every model outside the project relative; returns the true path by unique id.

    dbt writes the SQL it ran to <target>/run/<package>/<path of the model>. Joined to an absolute path that is the
    model file itself: the compiled SQL, and a configuration's hand-written models, were overwritten by what was run.
    """
    files = {}
    for node in manifest.nodes.values():
        path = Path(node.original_file_path)
        if path.is_absolute():
            files[node.unique_id] = node.original_file_path
            node.original_file_path = path.relative_to(path.anchor).as_posix()
    return files


def _on_event(event: Any) -> None:
    if event.info.name == "NodeStart":
        _say({"start": event.data.node_info.node_name})


def _result(result: Any) -> dict[str, Any]:
    node = result.node
    return {
        "id": node.unique_id,
        "name": node.name,
        "kind": str(node.resource_type),
        "status": str(result.status),
        "seconds": round(result.execution_time, 3),
        "failures": result.failures,
        "message": str(result.message or "").strip(),
    }


def _graph(manifest: Any) -> dict[str, Any]:
    """The part of the manifest that assets and lineage need: small enough to read at every start."""
    nodes = {}
    for node in manifest.nodes.values():
        if node.resource_type in ("model", "test"):
            nodes[node.unique_id] = {
                "name": node.name,
                "kind": str(node.resource_type),
                "schema": node.schema,
                "materialized": node.config.materialized,
                "group": getattr(node, "group", None) or node.config.get("group"),
                "description": node.description.strip() or _first_comment(node.raw_code),
                "parents": list(node.depends_on.nodes),
                "attached": getattr(node, "attached_node", None),
                "file": node.original_file_path,
            }
    sources = {s.unique_id: {"schema": s.schema, "name": s.name} for s in manifest.sources.values()}
    groups = {g.name: g.owner.name for g in manifest.groups.values()}
    return {"nodes": nodes, "sources": sources, "groups": groups}


def _first_comment(code: str) -> str:
    """What a model without a yml says of itself: its first line names the grain (house.md)."""
    first = code.split("\n", 1)[0]
    return first.removeprefix("-- ") if first.startswith("-- ") else ""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_bytes(content)
    aside.replace(path)


def _say(fact: dict[str, Any]) -> None:
    print(json.dumps(fact, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
