"""Step 1 · source → raw: contracts, readers, landing files and the exactly-once load; and the demo company."""
