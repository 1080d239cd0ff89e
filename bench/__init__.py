"""What is measured, against whom, in one run: ``uv run python -m bench``."""
