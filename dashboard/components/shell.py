"""The frame around every page: header, navigation, and the place the page goes."""

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.icons import icon
from dashboard.theme import THEME

NAVIGATION = (
    ("/", strings.NAV_IMPORT, "upload", "nav-import"),
    ("/history", strings.NAV_HISTORY, "history", "nav-history"),
    ("/analytics", strings.NAV_ANALYTICS, "chart", "nav-analytics"),
    ("/contacts", strings.NAV_CONTACTS, "people", "nav-contacts"),
    ("/audit", strings.NAV_AUDIT, "search", "nav-audit"),
)


def shell() -> Any:
    brand = html.A(
        [html.Span(icon("logo", size=18), className="brand-mark"), html.Span(strings.APP_NAME)], href="/", className="brand", id="brand"
    )
    burger = dmc.Burger(id="menu-button", opened=False, hiddenFrom="sm", size="sm", **attributes(aria_label=strings.MENU))
    scheme = dmc.ColorSchemeToggle(
        id="color-scheme",
        lightIcon=icon("sun"),
        darkIcon=icon("moon"),
        variant="subtle",
        color="gray",
        size="lg",
        **attributes(aria_label=strings.COLOR_SCHEME),
    )
    header = dmc.AppShellHeader(dmc.Group([dmc.Group([burger, brand], gap="sm"), scheme], justify="space-between", h="100%", px="md"))
    links = [
        dmc.NavLink(label=label, href=href, leftSection=icon(name), id=link_id, active=False, className="nav-link")
        for href, label, name, link_id in NAVIGATION
    ]
    sign_out = html.Form(
        dmc.Button(
            strings.SIGN_OUT,
            id="sign-out-button",
            buttonProps={"type": "submit"},
            variant="subtle",
            color="gray",
            justify="flex-start",
            leftSection=icon("sign-out"),
            fullWidth=True,
        ),
        action="/sign-out",
        method="POST",
    )
    navbar = dmc.AppShellNavbar(
        [html.Nav(links, style={"flex": 1}, **attributes(aria_label=strings.MENU)), sign_out], p="sm", id="navbar", withBorder=True
    )
    return dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh="callback-nav"),
            dmc.AppShell(
                [header, navbar, dmc.AppShellMain(html.Main(page_skeleton(), id="page", className="page"))],
                id="shell",
                header={"height": 56},
                navbar={"width": 220, "breakpoint": "sm", "collapsed": {"mobile": True}},
                padding="lg",
            ),
        ],
        theme=THEME,
        defaultColorScheme="light",
    )


def page_skeleton() -> Any:
    return dmc.Stack(
        [dmc.Skeleton(height=30, width=260), dmc.Skeleton(height=16, width=380, maw="100%"), dmc.Skeleton(height=220, mt="md", radius="md")]
    )
