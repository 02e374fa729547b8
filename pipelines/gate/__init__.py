"""Step 2 · raw → let through, set aside or stopped: what each table must satisfy, and what follows where it does not.

suite.py reads `expectations/`; rules.py says which rules exist and which rows break one; engine.py runs them through
Great Expectations, with shims.py (what makes it work on DuckDB) and fused.py (a table's numbers from one statement, its
SQL in metric_sql.py and row_query.py); quarantine.py sets rows aside; verdicts.py decides about each table; run.py does
it in order. data_docs.py builds Great Expectations' own pages, audit.py draws records to be checked by hand.
"""
