"""Definitions in the words of others: dbt's semantic layer (MetricFlow) and Open Semantic Interchange.

`sql.py` expressions as plain SQL · `reasons.py` why something cannot be said · `semantic.py` what a KPI becomes ·
`metricflow.py` the dbt project · `ossie.py` the document of Open Semantic Interchange.
"""
