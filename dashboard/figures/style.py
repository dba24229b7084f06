"""How every chart looks: transparent, quiet, readable in the light and in the dark."""

import plotly.graph_objects as go

# Middle greys keep their contrast on white and on near-black.
_TEXT = "#868e96"
_GRID = "rgba(134, 142, 150, 0.18)"


def styled(figure: go.Figure, *, height: int) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", "size": 12, "color": _TEXT},
        legend={"orientation": "h", "y": -0.18, "x": 0, "title": None, "traceorder": "normal"},
        hoverlabel={"font": {"size": 12}},
        # Plotly's own template would bring its colours back.
        template="none",
    )
    figure.update_xaxes(gridcolor=_GRID, zeroline=False, automargin=True, fixedrange=True, tickcolor=_GRID, linecolor=_GRID)
    figure.update_yaxes(gridcolor=_GRID, zeroline=False, automargin=True, fixedrange=True, tickcolor=_GRID, linecolor=_GRID)
    return figure
