"""Turns contracts and definitions into plain dbt models: the same input gives the same text.

One file a layer: staging.py (1_staging), inputs.py (2_entities), measures.py (3_kpis); folder.py writes them.
"""
