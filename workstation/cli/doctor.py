"""`deskline doctor`: checks a set-up and says what to mend."""

from __future__ import annotations

import asyncio

import click

from workstation.checkup import examine
from workstation.checkup.finding import Finding
from workstation.cli.options import json_option, print_json, with_settings
from workstation.settings import Settings

SIGNS = {"green": "✓", "yellow": "!", "red": "✗"}


@click.command()
@json_option
@with_settings
def command(settings: Settings, as_json: bool) -> int:
    """Check database, Asterisk, dialplan, sounds and ports; exit code 1 when something is red."""
    findings = asyncio.run(_look(settings, aloud=not as_json))
    worst = "red" if any(finding.colour == "red" for finding in findings) else "green"
    if as_json:
        print_json({"ok": worst == "green", "checks": [finding.facts() for finding in findings]})
    return 1 if worst == "red" else 0


async def _look(settings: Settings, *, aloud: bool) -> list[Finding]:
    findings: list[Finding] = []
    async for finding in examine(settings):
        findings.append(finding)
        if aloud:
            click.echo(f"{SIGNS[finding.colour]} {finding.check}: {finding.says}")
            if finding.mend:
                click.echo(f"    → {finding.mend}")
    return findings
