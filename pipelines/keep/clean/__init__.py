"""What is older than `retention` of company.yml, and removing it: shown first, removed only when somebody says so.

plan.py: everything that may go, and removing it · tables.py: rows of the working file · files.py: landing, generations
runs.py: runs and events of Dagster

Belongs here: what goes by age. Does not: one person's data (keep/forget/), backups (keep/backup/rotation.py).
"""
