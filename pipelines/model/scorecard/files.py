"""All scorecards of a configuration: reading them.

Belongs here: finding the files and what is wrong with each alone. Does not: rules between scorecards and KPIs
(check_scorecard.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipelines import yaml_file
from pipelines.model.scorecard.definition import Scorecard
from pipelines.yaml_file import YamlFile


class ScorecardFile(NamedTuple):
    scorecard: Scorecard
    file: YamlFile


def read_scorecards(folder: Path) -> dict[str, ScorecardFile]:
    """Every scorecard in `scorecards/` by id.

    Raises KpiErrors: wrong fields, weights that do not add up to 100, an id that is not its file's name.
    """
    several = yaml_file.read_each(sorted((folder / "scorecards").glob("*.yml")), _read)
    return {one.scorecard.id: one for one in several}


def _read(path: Path) -> ScorecardFile:
    scorecard, file = yaml_file.read_as(path, Scorecard)
    yaml_file.refuse_other_name(file, scorecard.id)
    return ScorecardFile(scorecard, file)
