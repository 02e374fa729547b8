"""Scorecards: what a scorecard file says. How a score comes about is dbt's business (4_goals/scorecard_parts.sql)."""

from pipelines.model.scorecard.definition import Scorecard, Segment
from pipelines.model.scorecard.files import ScorecardFile, read_scorecards

__all__ = ["Scorecard", "ScorecardFile", "Segment", "read_scorecards"]
