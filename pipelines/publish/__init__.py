"""Step 4: published tables → what people open (the serving file, the page)."""
