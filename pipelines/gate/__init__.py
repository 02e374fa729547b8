"""Step 2 · raw → let through, set aside or stopped: what each table must satisfy, and what follows where it does not.

suite.py reads `expectations/`; rules.py says which rules exist and which rows break one; engine.py runs them through
Great Expectations; quarantine.py sets rows aside; verdicts.py decides about each table; run.py does it in order.
"""
