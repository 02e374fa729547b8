"""One person's data removed from everything a run keeps, and the proof of it.

person.py: which rows are the person's, and which values only they hold · remove.py: taking them out
proof.py: looking for the values in every file below data/

Belongs here: what somebody may ask for at any time. Does not: what goes by age (keep/clean/), the source systems: they
are cleared first, or the next changed delivery brings the person back.
"""
