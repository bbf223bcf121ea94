"""Ways to pace beside each other: talk minutes per operator and hour with 95 % limits, people
dropped of those who answered; then the answer rate swinging, a wrap-up, and a decision's time.

    python -m bench.dialler [--quick] [--svg docs/dialler.svg] [--json]

Every day is played from a seed by `campaigns.rehearsal`. The best fixed ratio and the tuned
adaptive level are chosen afterwards, of those that kept the cap.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random

from bench import dialler_picture
from bench.machine import machine
from campaigns.look_ahead import Ages
from campaigns.predicting import Day, Predictor
from campaigns.rehearsal.methods import Adaptive, FixedRatio, OneToOne, Ours
from campaigns.rehearsal.world import Case, Method, Tally, WorkingDay

CAP = 0.03
SIZES = {10: 3, 50: 1, 200: 1}          # operators: days played
RATES = (0.2, 0.4, 0.6)
GOALS = {(10, 0.2): 48.0, (10, 0.4): 49.5, (10, 0.6): 51.0, (50, 0.2): 55.5, (50, 0.4): 56.0,
         (50, 0.6): 56.0, (200, 0.2): 58.5, (200, 0.4): 58.5, (200, 0.6): 58.5}
WRAP_GOALS = {10: 43.0, 50: 48.0}
RATIOS = [1 + step / 20 for step in range(1, 21)]
INTENSITIES = (0.01, 0.02, 0.05, 0.1, 0.3)
DECISION_GOAL_MS = 20.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One method in one case, over its days."""

    talk: float             # minutes per operator and hour
    talk_within: float      # 95 %: ± so much
    dropped: float          # of all who answered
    dropped_most: float     # on the worst day
    half_hour_most: float
    answered: int


Make = Callable[[], Method]


def played(job: tuple[str, Case, int]) -> Figure:
    """The best of a kind of method in a case; a kind with one variant is that."""
    kind, case, days = job
    found = [_figure(make, case, days) for make in _variants(kind, case)]
    kept = [figure for figure in found if figure.dropped <= CAP]
    return max(kept or found, key=lambda figure: (figure.talk if kept else -figure.dropped))


def _variants(kind: str, case: Case) -> list[Make]:
    if kind == "ratio":
        return [partial(FixedRatio, ratio) for ratio in RATIOS]
    if kind == "adaptive tuned":
        return [partial(Adaptive, CAP, intensity=by, hours=case.hours) for by in INTENSITIES]
    single: dict[str, Make] = {
        "1:1": OneToOne, "adaptive average": partial(Adaptive, CAP, hours=case.hours),
        "adaptive tapered": partial(Adaptive, CAP, tapers=True, hours=case.hours),
        "ours": partial(Ours, CAP)}
    return [single[kind]]


def _figure(make: Make, case: Case, days: int) -> Figure:
    tallies = [WorkingDay(case, make(), Random(seed)).run() for seed in range(days)]
    talks = [tally.talk_min_per_hour for tally in tallies]
    answered = sum(tally.answered for tally in tallies)
    dropped = sum(tally.dropped for tally in tallies)
    return Figure(
        statistics.mean(talks), _within(tallies), dropped / max(1, answered),
        max(t.drop_share for t in tallies), max(t.worst_half_hour for t in tallies), answered)


def _within(tallies: Sequence[Tally]) -> float:
    """From the talk begun in each half hour: their means are near enough to independent."""
    shares = [60 * talk_s / tally.operator_s * tally.hours * 2
              for tally in tallies for talk_s in tally.talk_by_half_hour]
    return 1.96 * statistics.stdev(shares) / math.sqrt(len(shares)) if len(shares) > 2 else 0.0


KINDS = ("1:1", "adaptive average", "adaptive tapered", "adaptive tuned", "ratio", "ours")


def jobs(hours: float) -> list[tuple[str, Case, int]]:
    plain = [(kind, Case(operators=size, answer_rate=rate, hours=hours), days)
             for kind in KINDS for size, days in SIZES.items() for rate in RATES]
    swinging = [("ours", Case(operators=size, answer_rate=rate, swing=0.3, hours=hours), days)
                for size, days in SIZES.items() for rate in RATES]
    wrapping = [("ours", Case(operators=size, answer_rate=0.4, wrap_up_s=20, hours=hours),
                 SIZES[size]) for size in WRAP_GOALS]
    return plain + swinging + wrapping


def decision_ms() -> float:
    """The 99th percentile of one decision for 200 operators, tables made anew among them."""
    chance, predictor, spent = Random(1), Predictor(), []
    for second in range(300):
        ages = Ages(4, [chance.uniform(0, 25) for _ in range(400)], 0,
                    [chance.expovariate(1 / 120) for _ in range(196)])
        begun = time.perf_counter()
        predictor.dose(ages, Day(5_000, 100, CAP), at_s=float(second), at_most=100)
        spent.append(1_000 * (time.perf_counter() - begun))
    return sorted(spent)[297]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="days of two hours")
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    todo = jobs(2.0 if given.quick else 8.0)
    results = []
    if not given.json:
        print(f"{machine()}. Talk minutes per operator and hour (people dropped of those "
              f"answered); cap {CAP:.0%}.")
    with ProcessPoolExecutor() as workers:
        for job, figure in zip(todo, workers.map(played, todo), strict=True):
            results.append((job, figure))
            if not given.json:
                _report(job, figure)
    if given.json:
        print(json.dumps([{"kind": kind, **asdict(case), **asdict(figure)}
                          for (kind, case, _), figure in results]))
    else:
        print(f"a decision for 200 operators, p99: {decision_ms():.1f} ms "
              f"(goal {DECISION_GOAL_MS:.0f})")
    if given.svg is not None:
        given.svg.write_text(dialler_picture.drawn(
            [(kind, case.operators, case.answer_rate, figure.talk, figure.dropped)
             for (kind, case, _), figure in results if not case.swing and not case.wrap_up_s]))


def _report(job: tuple[str, Case, int], figure: Figure) -> None:
    kind, case, days = job
    goal = _goal(kind, case)
    verdict = "" if goal is None else f"  goal {goal:4.1f} {_by(figure.talk, goal)}"
    print(f"{case.operators:4} operators {case.answer_rate:4.0%}"
          f"{' ± 30 %' if case.swing else ''}{' 20 s wrap-up' if case.wrap_up_s else ''} "
          f"{kind:17} {figure.talk:5.1f} ± {figure.talk_within:3.1f} "
          f"({figure.dropped:6.2%}, worst day {figure.dropped_most:6.2%}, worst half hour "
          f"{figure.half_hour_most:5.1%}; {days} days, {figure.answered} answered){verdict}",
          flush=True)


def _goal(kind: str, case: Case) -> float | None:
    if kind != "ours" or case.swing:
        return None
    if case.wrap_up_s:
        return WRAP_GOALS[case.operators]
    return GOALS[case.operators, case.answer_rate]


def _by(talk: float, goal: float) -> str:
    return "reached" if talk >= goal else f"missed by {goal - talk:.1f}"


if __name__ == "__main__":
    main()
