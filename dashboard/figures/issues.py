"""Issues by kind and by field, as bars from the most frequent down."""

from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import wrap

import plotly.graph_objects as go

from dashboard import strings
from dashboard.figures.style import styled
from dashboard.formatting import field_label, issue_label
from dashboard.records.analytics import IssueBreakdown

_MOST = 8
_BAR = "#748ffc"
# Of a digit in the charts' font, with a little to spare.
_CHARACTER_PIXELS = 8
_GAP_PIXELS = 12
_LINE_CHARACTERS = 22


def issues_by_code(issues: Sequence[IssueBreakdown]) -> go.Figure:
    totals: Counter[str] = Counter()
    for issue in issues:
        totals[issue_label(issue.code)] += issue.count
    return _bars(totals)


def issues_by_field(issues: Sequence[IssueBreakdown]) -> go.Figure:
    totals: Counter[str] = Counter()
    for issue in issues:
        totals[field_label(issue.field) if issue.field else strings.NO_FIELD] += issue.count
    return _bars(totals)


def _bars(totals: Mapping[str, int]) -> go.Figure:
    most = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    # Plotly draws the first category at the bottom.
    names = [name for name, _ in reversed(most)]
    counts = [count for _, count in reversed(most)]
    labels = [f"{count:,}" for count in counts]
    bar = go.Bar(
        x=counts,
        y=names,
        orientation="h",
        marker={"color": _BAR},
        text=labels,
        textposition="outside",
        # Else a number that finds no room is drawn too small to read.
        constraintext="none",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:,}<extra></extra>",
    )
    figure = styled(go.Figure(bar), height=max(120, 34 * len(most) + 24))
    # Room for the number beside the longest bar. Beside the axis: a share of that may be next to nothing.
    room = _CHARACTER_PIXELS * max((len(label) for label in labels), default=0)
    figure.update_layout(margin_r=_GAP_PIXELS + room)
    figure.update_xaxes(visible=False, range=[0, max(counts, default=1)])
    # In two lines a long name leaves room for its bar on a phone.
    lines = ["<br>".join(wrap(name, _LINE_CHARACTERS)) for name in names]
    figure.update_yaxes(tickvals=names, ticktext=lines, showgrid=False, ticks="", linecolor="rgba(0,0,0,0)", ticksuffix="  ")
    return figure
