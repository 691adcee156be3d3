"""Models of any provider that Instructor speaks to; the only part that knows openai, instructor and tenacity."""
