"""The second copy of what is published: a PostgreSQL that BI tools connect to, each reader seeing their own rows.

On when KPI_POSTGRES_URL is set. `names.py` how roles and schemas are called · `connection.py` the way in, and a
server's errors in our words · `setup.py` roles and schemas, once · `columns.py` types and comments · `access.py` who
sees which rows · `load.py` one version aside · `views.py` what the stable views become · `switch.py` all of them at
once · `generations.py` which versions lie there · `serve.py` the whole of it, as the asset and the verbs call it.
"""
