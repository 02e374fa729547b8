"""The boards of Apache Superset as code: a bundle to import, for the serving file or for PostgreSQL.

`boards.py` what each board shows · `bundle.py` the files Superset imports · `readers.py` its roles and row filters ·
`apply.py` runs inside Superset and imports the bundle, twice the same as once · `requirements.lock` the Superset it was
tried with, an environment of its own.
"""
