"""Personal columns are hidden at the door, before anything is written.

forms.py: what a phone number, mail address or number of a person or company looks like, and its one spelling
keys.py: the keys, and pseudonyms made with them · hiding.py: what hash and drop do to records
rotation.py: landed pseudonyms after a new key

Belongs here: everything that sees a personal value in the clear. Does not: which columns are personal (the contract
says), or checking the result `_<column>_is_valid` (suites do).
"""

from pipelines.extract.personal.forms import read
from pipelines.extract.personal.hiding import hide
from pipelines.extract.personal.keys import key, pseudonym
from pipelines.extract.personal.rotation import forget_old, rekeyed

__all__ = ["forget_old", "hide", "key", "pseudonym", "read", "rekeyed"]
