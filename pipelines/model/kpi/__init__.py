"""What a KPI file may say: the seven types and the measures they are made of.

`measure.py` one aggregate and its time · `types.py` the seven types · `definition.py` the file and its versions ·
`catalogue.py` reading them all, and which KPI and entity a KPI stands on.
"""

from pipelines.model.kpi.catalogue import KpiFile, definition_hash, depended_on, entities_of, read_kpis
from pipelines.model.kpi.definition import Example, Kpi, KpiId, Meaning, Range, Thresholds
from pipelines.model.kpi.measure import GRAINS, LEVELS, LONG_GRAINS, Grain, Level, Measure
from pipelines.model.kpi.types import Aim, Cohort, Cumulative, Derived, Event, Growth, Part, Ratio, Simple, Snapshot

__all__ = [
    "GRAINS", "LEVELS", "LONG_GRAINS", "Aim", "Cohort", "Cumulative", "Derived", "Event", "Example", "Grain", "Growth",
    "Kpi", "KpiFile", "KpiId", "Level", "Meaning", "Measure", "Part", "Range", "Ratio", "Simple", "Snapshot",
    "Thresholds", "definition_hash", "depended_on", "entities_of", "read_kpis",
]  # fmt: skip
