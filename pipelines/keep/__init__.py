"""What people did, kept apart from what runs compute.

acts.py: acts in data/acts.sqlite, never changed · closes.py: the figures of closed periods
backup/: copies of it all, and having them back · clean/: what is too old · forget/: one person's data
jobs.py: the jobs of Dagster that make backups

Belongs here: records that no rerun could make again. Does not: load state (it lies with the data it describes), or
what an act means (the room that acts on it).
"""
