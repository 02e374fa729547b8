"""Backups: one folder each, that can be restored alone, with a manifest that knows every byte of it.

parts.py: what belongs in a backup and how each is copied while others write · make.py: one backup
manifest.py: what a backup says of itself, and checking a folder against it · sealed.py: encryption with age
rotation.py: which backups go · restore.py: back into an empty folder · drill.py: all of it, and the proof

Belongs here: copies of what no run could make again, and bringing them back. Does not: what a run publishes or keeps as
generations (publish/), what retention removes (keep/clean.py).
"""
