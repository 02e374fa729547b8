"""A contract drafted from a sample file, for a person to read and mend.

sample.py, encoding.py: the form of the file and its records · types.py: types from all values · words.py, words.yml:
which column is which field, in Chinese and English · keys.py: key, cursor · personal.py: columns of persons ·
values.py: words of states · proposal.py: all of it together · write.py: as YAML with comments
"""

from pipelines.extract.draft.proposal import Draft, draft

__all__ = ["Draft", "draft"]
