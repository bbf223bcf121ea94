// The sign-in page: one request, then on to the desk or the floor.
import { rememberLocale, theme, wear } from "./settings.js";

wear(theme());

const form = document.querySelector<HTMLFormElement>("#sign-in");
const problem = document.querySelector<HTMLElement>("#problem");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  void signIn(form);
});

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-login]")) {
  button.addEventListener("click", () => {
    if (!form) return;
    field("login").value = button.dataset["login"] ?? "";
    field("password").value = button.dataset["password"] ?? "";
    void signIn(form);
  });
}

for (const link of document.querySelectorAll<HTMLAnchorElement>(".languages a")) {
  link.addEventListener("click", () => rememberLocale(link.lang));
}

function field(name: string): HTMLInputElement {
  return form?.elements.namedItem(name) as HTMLInputElement;
}

async function signIn(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector("button");
  button?.setAttribute("disabled", "");
  try {
    const answer = await fetch("/api/v1/session", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ login: field("login").value.trim(), password: field("password").value }),
    });
    if (answer.ok) go((await answer.json() as { me: { roles: string[] } }).me.roles);
    else tell(wordsFor(await answer.json() as { title?: string; detail?: string }, answer.status));
  } catch {
    tell(document.body.dataset["unreachable"] ?? "");
  } finally {
    button?.removeAttribute("disabled");
  }
}

function go(roles: string[]): void {
  location.assign(roles.includes("operator") ? "/desk" : roles.includes("manager") ? "/today" : "/floor");
}

function wordsFor(answer: { title?: string; detail?: string }, status: number): string {
  if (status === 401) return document.body.dataset["wrong"] ?? "";
  if (status === 429) return document.body.dataset["tooMany"] ?? "";
  return answer.detail || answer.title || String(status);
}

function tell(text: string): void {
  if (problem) problem.textContent = text;
  field("password").select();
}
