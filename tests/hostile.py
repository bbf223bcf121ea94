"""Forty names and notes that want to be something else: markup, commands, formulas, another
direction, another width. Nobody may run them, and no layout may break by them."""

from __future__ import annotations

HOSTILE: tuple[str, ...] = (
    "<script>window.owned=1</script>", "<img src=x onerror=window.owned=1>",
    "<svg/onload=window.owned=1>", "\"><b>bold</b>", "' onclick='window.owned=1",
    "<a href=javascript:window.owned=1>x</a>", "</textarea><h1>out</h1>", "</dialog></body>",
    "<style>*{display:none}</style>", "<iframe srcdoc='<p>in'></iframe>", "&lt;b&gt; &amp; &#60;",
    "${window.owned=1}", "{{7*7}}", "{client} {0} %s %(x)s", "`id` $(id) ; rm -rf /",
    "'; DROP TABLE clients; --", "=HYPERLINK(\"http://x\",\"y\")", "+1+1", "-2+3", "@SUM(A1)",
    "\t=1+1", "a,b;c\"d", "line\nbreak\r\nand return", "\x1b[2J\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07", "\x9b31mC1", "null\x00byte", "bell\x07back\x08space",
    "\u202eevird reverse",
    "\u2066isolate\u2069", "zero\u200bwidth\ufeff\u200d", "\u2028line\u2029paragraph",
    "Z" + "\u0301" * 60, "👩\u200d👩\u200d👧\u200d👦 family 🇷🇺", "مرحبا بالعالم",
    "[b]markup[/b] [@click=quit]x[/]",
    "日本語の長い名前" * 8, "W" * 400, "word " * 120, "\\u003cscript\\u003e \\x1b[0m %0a%0d",
)
