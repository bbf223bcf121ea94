"""The comparison of `bench.dialler` as SVG: a row per case, a mark per method."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[str, int, float, float, float]    # method, operators, answer rate, talk, dropped
_COLOURS = {"1:1": "#8a8f98", "adaptive average": "#c28e0e", "adaptive tuned": "#b4552d",
            "ratio": "#6a5acd", "ours": "#0b7a53"}
_NAMES = {"1:1": "one to one", "adaptive average": "adaptive level, as shipped",
          "adaptive tuned": "adaptive level, tuned afterwards",
          "ratio": "best fixed ratio, known afterwards", "ours": "Deskline, looking ahead"}
_LEFT, _WIDTH, _TOP, _ROW = 190, 560, 96, 30
_FROM, _TO = 28, 60         # talk minutes per hour


def drawn(points: Sequence[Point]) -> str:
    cases = sorted({(operators, rate) for _, operators, rate, _, _ in points})
    height = _TOP + _ROW * len(cases) + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#1d2430" role="img">',
        "<title>Talk minutes per operator and hour, by way of dialling</title>",
        f'<rect width="800" height="{height}" fill="#ffffff"/>',
        '<text x="16" y="26" font-size="16" font-weight="600">Talk minutes per operator and '
        "hour, at most 3 % dropped</text>", *_legend(), *_scale(len(cases))]
    for place, case in enumerate(cases):
        parts += _row(_TOP + _ROW * place + 20, case, points)
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    parts = []
    for place, (kind, name) in enumerate(_NAMES.items()):
        x, y = 22 + 262 * (place % 3), 52 + 20 * (place // 3)
        parts += [f'<circle cx="{x}" cy="{y - 4}" r="5" fill="{_COLOURS[kind]}"/>',
                  f'<text x="{x + 12}" y="{y}">{name}</text>']
    return parts


def _scale(rows: int) -> list[str]:
    bottom, parts = _TOP + _ROW * rows + 4, []
    for minutes in range(30, _TO + 1, 5):
        x = _x(minutes)
        parts += [f'<line x1="{x:.0f}" y1="{_TOP}" x2="{x:.0f}" y2="{bottom}" stroke="#e3e6eb"/>',
                  f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle" fill="#5a6372">'
                  f"{minutes}</text>"]
    return parts


def _row(y: int, case: tuple[int, float], points: Sequence[Point]) -> list[str]:
    operators, rate = case
    parts = [f'<text x="16" y="{y + 4}">{operators} operators, {rate:.0%} answer</text>']
    for kind, colour in _COLOURS.items():
        for method, of, at, talk, dropped in points:
            if (method, of, at) == (kind, operators, rate):
                radius = 7 if kind == "ours" else 5
                parts.append(
                    f'<circle cx="{_x(talk):.1f}" cy="{y}" r="{radius}" fill="{colour}">'
                    f"<title>{_NAMES[kind]}: {talk:.1f} min, {dropped:.2%} dropped</title>"
                    "</circle>")
    return parts


def _x(minutes: float) -> float:
    return _LEFT + _WIDTH * (minutes - _FROM) / (_TO - _FROM)
