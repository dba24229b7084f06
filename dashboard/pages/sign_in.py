"""What a person sees whose browser has no session."""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.components.icons import icon


def layout() -> Any:
    # A plain form: the API sets the cookie and answers with a redirect, which a callback could not follow.
    form = html.Form(
        dmc.Stack(
            [
                dmc.PasswordInput(
                    id="sign-in-token",
                    name="token",
                    label=strings.SIGN_IN_TOKEN,
                    description=[strings.SIGN_IN_TOKEN_HOW, dmc.Code(strings.SIGN_IN_TOKEN_COMMAND)],
                    autoComplete="off",
                    required=True,
                    withAsterisk=False,
                    size="md",
                ),
                dmc.Button(strings.SIGN_IN, id="sign-in-button", buttonProps={"type": "submit"}, size="md", fullWidth=True),
                dmc.Text(strings.SIGN_IN_TOKEN_HINT, size="xs", c="dimmed", ta="center"),
            ],
            gap="md",
        ),
        action="/sign-in",
        method="POST",
        id="sign-in-form",
    )
    link = dmc.Text(
        [strings.SIGN_IN_LINK, dmc.Code(strings.SIGN_IN_LINK_COMMAND), strings.SIGN_IN_LINK_END],
        size="sm",
    )
    card = dmc.Card(
        [
            html.Div(icon("logo", size=26), className="brand-mark brand-mark-large"),
            dmc.Title(strings.SIGN_IN_TITLE, order=1, ta="center", mt="md", mb="lg"),
            html.Div([icon("link"), link], className="hint-box"),
            dmc.Divider(label=strings.SIGN_IN_OR, my="lg"),
            form,
        ],
        withBorder=True,
        padding="xl",
        radius="lg",
        w="100%",
        maw=440,
    )
    return html.Div(card, className="sign-in", id="sign-in-panel")
