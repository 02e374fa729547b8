"""Step 4: published tables → what people open (the serving file, PostgreSQL, the page)."""
