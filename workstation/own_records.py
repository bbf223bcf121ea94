"""Where Asterisk's own records are, by the settings."""

from __future__ import annotations

from pathlib import Path

from cti.own_records import RecordFiles
from workstation.asterisks import folder_of, pbx_of
from workstation.settings import Settings


def record_files(settings: Settings, name: str = "") -> RecordFiles:
    """Those of the settings, else those of the private Asterisk."""
    pbx, log = pbx_of(settings, name), folder_of(settings, name) / "main" / "log"
    return RecordFiles(
        cel=Path(pbx.cel_file) if pbx.cel_file else log / "cel-custom" / "Master.csv",
        queue_log=Path(pbx.queue_log_file) if pbx.queue_log_file else log / "queue_log",
        cel_columns=pbx.cel_columns)
