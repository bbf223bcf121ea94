"""The limit beside `bench.screen`: a bare websocket and a page that shows one line of text.

    python -m bench.screen_bare PORT

`/` is the page. Its socket is sent a frame of a pop's size four times a second, with the moment of
the write; it also asks for an echo four times a second. What the page saw is in `window.bench`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from aiohttp import WSMsgType, web

EVERY_S = 0.25
POP_SIZE = 12_000       # characters of a pop's frame, as seen with the sample base
PAGE = """<!doctype html><title>bare</title><p id=place></p><script>
const now = () => performance.timeOrigin + performance.now();
const bench = window.bench = { painted: [], echoed: [] };
const socket = new WebSocket(`ws://${location.host}/socket`);
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.echo) { bench.echoed.push(now() - message.echo); return; }
  place.textContent = `frame ${message.pushed_at}`;
  requestAnimationFrame(() => requestAnimationFrame(() =>
    bench.painted.push({ pushed_at: message.pushed_at, painted_at: now() })));
};
setInterval(() => socket.send(JSON.stringify({ echo: now() })), 257);
</script>"""


async def page(_request: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def talk(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    async with asyncio.TaskGroup() as tasks:
        pushing = tasks.create_task(_push(socket), name="push")
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await socket.send_str(message.data)
        pushing.cancel()
    return socket


async def _push(socket: web.WebSocketResponse) -> None:
    while not socket.closed:
        await asyncio.sleep(EVERY_S)
        frame = json.dumps({"padding": "x" * POP_SIZE, "pushed_at": time.time() * 1000})
        await socket.send_str(frame)


def main(port: int) -> None:
    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/socket", talk)
    web.run_app(app, host="127.0.0.1", port=port, print=lambda _: None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
