"""All scorecards of a configuration: reading them.

Belongs here: finding the files and what is wrong with each alone. Does not: rules between scorecards and KPIs
(check_scorecard.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipelines import yaml_file
from pipelines.errors import KpiError, KpiErrors
from pipelines.model.scorecard.definition import Scorecard
from pipelines.yaml_file import YamlFile


class ScorecardFile(NamedTuple):
    scorecard: Scorecard
    file: YamlFile


def read_scorecards(folder: Path) -> dict[str, ScorecardFile]:
    """Every scorecard in `scorecards/` by id.

    Raises KpiErrors: wrong fields, weights that do not add up to 100, an id that is not its file's name.
    """
    found: dict[str, ScorecardFile] = {}
    errors: list[KpiError] = []
    for path in sorted((folder / "scorecards").glob("*.yml")):
        try:
            scorecard, file = yaml_file.read_as(path, Scorecard)
            if scorecard.id != path.stem:
                raise file.error(f"id {scorecard.id} must stand in {scorecard.id}.yml", ("id",))
            found[scorecard.id] = ScorecardFile(scorecard, file)
        except KpiErrors as several:
            errors.extend(several.errors)
        except KpiError as error:
            errors.append(error)
    if errors:
        raise KpiErrors(errors)
    return found
