"""Work for all processors, its results in order, never more of it waiting than it needs."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
_AHEAD = 2              # jobs begun for each processor: results nobody has taken yet take room


def each_in_order(work: Callable[..., T], jobs: Iterable[tuple[Any, ...]]) -> Iterator[T]:
    """`work(*job)` of each job, in other processes; `work` is a module's own function."""
    processors = os.cpu_count() or 1
    todo = iter(jobs)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processors, mp_context=context)
    try:
        begun: deque[Future[T]] = deque(
            pool.submit(work, *job) for job in islice(todo, processors * _AHEAD))
        while begun:
            made = begun.popleft().result()
            begun.extend(pool.submit(work, *job) for job in islice(todo, 1))
            yield made
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
