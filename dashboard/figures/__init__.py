"""Charts: pure functions from records to a plotly figure."""
