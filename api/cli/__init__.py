"""The command `rolodock`: one module a command."""


def main() -> None:
    """Run the command line."""
    # The processes of this package that only watch others must stay small, so that the commands load here.
    from api.cli.root import rolodock

    rolodock(prog_name="rolodock")
