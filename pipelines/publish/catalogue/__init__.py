"""The catalogue: a page per KPI, a dictionary page per entity, and an index; static, bilingual, beside the scorecard.

`content.py` what the pages show, from the definitions alone · `words.py` its words · `pages.py` drawing and writing
them, only where definitions changed · `templates/catalogue_*` their looks.
"""
