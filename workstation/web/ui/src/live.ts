// The start of the live page.
import { watchAlarms } from "./alarms.js";
import { bindings } from "./bindings.js";
import { Desk } from "./desk.js";
import { listen } from "./keys.js";
import { watchPauses } from "./pause_watch.js";
import "./pieces/desk_app.js";
import { readPage, theme, wear } from "./settings.js";
import { useLocale } from "./speak.js";

declare global {
  interface HTMLElementTagNameMap {
    "desk-app": HTMLElement & { desk: Desk };
  }
}

function liveUrl(): string {
  const url = new URL("/live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

async function start(): Promise<void> {
  wear(theme());
  await useLocale(readPage().locale);
  const desk = new Desk(liveUrl());
  const app = document.createElement("desk-app");
  app.desk = desk;
  document.body.append(app);
  listen(() => bindings(desk));
  watchPauses(desk);
  watchAlarms(desk);
  addEventListener("beforeunload", (event) => {
    if (desk.drafts.hasUnsent || desk.phone.call) event.preventDefault();
  });
  desk.start();
}

void start();
