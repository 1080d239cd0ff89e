"""What is measured, against whom, in one run: ``uv run --group peers python -m bench``."""
