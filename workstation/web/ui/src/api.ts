// The HTTP API for what is no message of the socket: files up and down, and what goes with them.
import type { Problem } from "./protocol.gen.js";

const ROOT = "/api/v1";
let token = "";

export class ApiRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title);
  }
}

/** The answer as JSON; throws ApiRefused. */
export async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  if (method !== "GET") headers["X-CSRF-Token"] = await csrf();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(ROOT + path, {
    method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!answer.ok) throw new ApiRefused(await answer.json() as Problem);
  return (answer.status === 204 ? {} : await answer.json()) as T;
}

/** A file as the body, with its progress: `fetch` does not tell that. */
export async function upload<T>(path: string, file: File, told: (share: number) => void): Promise<T> {
  const csrfToken = await csrf();
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", ROOT + path);
    request.setRequestHeader("X-CSRF-Token", csrfToken);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) told(event.loaded / event.total);
    };
    request.onerror = () => reject(new ApiRefused({ code: "offline", title: "offline" }));
    request.onload = () => {
      const said = parsed(request.responseText);
      if (request.status < 300) resolve(said as T);
      else reject(new ApiRefused(said as Problem));
    };
    request.send(file);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { code: "failed", title: text.slice(0, 200) };
  }
}

async function csrf(): Promise<string> {
  if (!token) token = (await api<{ csrf: string }>("GET", "/session")).csrf;
  return token;
}
