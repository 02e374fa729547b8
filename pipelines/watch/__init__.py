"""Step 5: verdicts → the owner who can mend them."""
