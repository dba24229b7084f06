"""How a file is to be read, as options of `rolodock import`, and how the command asks what the server is not sure of."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from models.vocabulary import DateOrder

# Characters that are hard to type.
DELIMITER_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " "}
# By the API's name of the option: how it is given here.
FLAGS = {
    "member": "--member",
    "sheet": "--sheet",
    "encoding": "--encoding",
    "delimiter": "--delimiter",
    "headerRow": "--header-row",
    "dateOrder": "--date-order",
}
# What a guess can be accepted by, by saying it; numbers are texts in a decision.
SAYABLE = frozenset({*FLAGS, "quote", "escape", "headerRows"})
NUMBERS = frozenset({"headerRow", "headerRows"})
MOST_NAMES = 50
DATE_ORDERS = [order.value.replace("_", "-") for order in DateOrder]

Command = Callable[..., Any]


def reading_options(command: Command) -> Command:
    """Add the options to a command, which takes them as `read_as`."""
    for option in reversed(
        (
            click.option("--sheet", help="Which sheet of a workbook, or list in a JSON object."),
            click.option("--member", help="Which file of an archive."),
            click.option("--encoding", help="Such as utf-8 or windows-1252."),
            click.option("--delimiter", callback=parse_delimiter, help="What stands between values: characters, or tab."),
            click.option("--header-row", type=click.IntRange(min=0), help="The row of the column names; 0: there are none."),
            click.option(
                "--date-order",
                type=click.Choice(DATE_ORDERS),
                callback=parse_date_order,
                help="Of dates such as 3/4/1984 whose column does not tell.",
            ),
        )
    ):
        command = option(command)
    return command


def parse_date_order(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The order as the API names it."""
    return value if value is None else value.replace("-", "_").upper()


def parse_delimiter(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The characters, where they were given by their name."""
    return value if value is None else DELIMITER_WORDS.get(value.lower(), value)


def name_options(**given: str | int | None) -> dict[str, Any]:
    """What was given, by the API's names of the options."""
    names = {flag.removeprefix("--").replace("-", "_"): name for name, flag in FLAGS.items()}
    return {names[name]: value for name, value in given.items() if value is not None}


def accept_guesses(questions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The options that say what was guessed; nothing for a question without a guess that can be said."""
    said: dict[str, Any] = {}
    for question in questions:
        aspect, value = question["aspect"], question["value"]
        if aspect == "headerRow":
            said[aspect] = int(value or 0)
        elif aspect in SAYABLE and value is not None:
            said[aspect] = int(value) if aspect in NUMBERS else value
    return said


def describe_questions(questions: Iterable[Mapping[str, Any]], members: Iterable[str]) -> list[str]:
    """What is not certain, why, and how to answer; a line each."""
    lines = []
    can_accept = True
    for question in questions:
        aspect, value = question["aspect"], question["value"]
        if aspect == "member":
            can_accept = can_accept and value is not None
            names = list(members)
            lines += [question["reason"], *(f"  {name}" for name in names[:MOST_NAMES])]
            lines += [f"  … and {len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
            lines.append("Say which one with --member NAME.")
            continue
        if aspect == "dateOrder" and value is None:
            # Nothing was guessed that could be taken.
            can_accept = False
            lines.append(f"{question['reason']} Say it with {FLAGS[aspect]}: {' or '.join(DATE_ORDERS)}.")
            continue
        others = f", or else {', '.join(map(_show, question['alternatives']))}" if question["alternatives"] else ""
        answer = f" Say it with {FLAGS[aspect]}." if aspect in FLAGS else ""
        lines.append(f"{question['reason']} Guessed {_name(aspect)}: {_show(value)}{others}.{answer}")
    if can_accept:
        lines.append("--accept-guesses takes all of it as it was guessed.")
    return lines


def describe_decisions(decisions: Iterable[Mapping[str, Any]]) -> str | None:
    """How the file was read, in one line; None: nothing is to be said of it."""
    told = [f"{_name(each['aspect'])} {_show(each['value'])}" for each in decisions if each["aspect"] in FLAGS and each["value"]]
    return f"Read with {', '.join(told)}." if told else None


def _name(aspect: str) -> str:
    return FLAGS.get(aspect, aspect).removeprefix("--").replace("-", " ")


def _show(value: str | None) -> str:
    if value is None:
        return "none"
    words = {character: word for word, character in DELIMITER_WORDS.items() if word.isalpha()}
    orders = {order.name: order.value.replace("_", " ") for order in DateOrder}
    return (words | orders).get(value, value)
