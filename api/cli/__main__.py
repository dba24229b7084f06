"""`python -m api.cli`: the same as the script, for the Python that already runs."""

from api.cli import main

main()
