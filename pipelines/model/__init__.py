"""Step 3 · raw → entities → KPIs → goals → published: definitions, the compiler, periods, goals, dbt."""
