"""What people did, kept apart from what runs compute.

acts.py: acts in data/acts.sqlite, never changed

Belongs here: records that no rerun could make again. Does not: load state (it lies with the data it describes), or
what an act means (the room that acts on it).
"""
