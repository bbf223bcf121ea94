"""`deskline staff`: who may sign in, and setting a password."""
import click


@click.group()
def command() -> None:
    """People who sign in: list them, set a password."""
