"""`python -m repository.cli …`, for a place where the console command is not installed."""

from repository.cli import main

main()
