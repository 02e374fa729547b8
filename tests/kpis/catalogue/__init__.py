"""Every KPI of the catalogue worked out again from the words of kpis.md, in plain Python: slow, obvious, sharing nothing."""
