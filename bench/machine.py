"""What a figure was measured on: the machine's line, its load, CPU time by process."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def machine() -> str:
    """`AMD EPYC 7B13, 2 cores, Linux 6.18.44, Python 3.11.9`."""
    return (f"{_model()}, {os.cpu_count()} cores, {platform.system()} "
            f"{platform.release().partition('-')[0]}, Python {platform.python_version()}")


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds since boot that all cores together worked, and that there were."""
    busy: float
    available: float


def spent() -> Spent:
    """Linux only. Time waiting for a disk counts as idle, time stolen by the host as busy."""
    numbers = [int(text) for text in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    idle = numbers[3] + numbers[4]
    return Spent((sum(numbers) - idle) / TICKS, sum(numbers) / TICKS)


def cpu_s(pids: Iterable[int]) -> float:
    """Seconds of CPU of these processes up to now; one that has ended counts as nothing."""
    return sum((int(fields[11]) + int(fields[12])) / TICKS
               for fields in map(_stat, pids) if fields)


def give_way(pid: int) -> None:
    """The process takes only the CPU that others leave: it plays what is on other machines."""
    for thread in Path(f"/proc/{pid}/task").glob("[0-9]*"):
        os.setpriority(os.PRIO_PROCESS, int(thread.name), 19)


def descendants(pid: int) -> set[int]:
    """All that `pid` started and what those started; without itself."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        if fields := _stat(int(path.name)):
            children.setdefault(int(fields[1]), []).append(int(path.name))
    found, todo = set(), [pid]
    while todo:
        for child in children.get(todo.pop(), []):
            found.add(child)
            todo.append(child)
    return found


def _stat(pid: int) -> list[str]:
    """/proc/PID/stat from the state on (proc(5): field 3); empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
