// What was recorded of a contact: fetched when asked for, heard when told to, never by itself.
import { html, nothing, svg, type SVGTemplateResult } from "lit";
import { api, ApiRefused } from "../api.js";
import { fraction, outline, pauses, SPEEDS, stepped, type Mark } from "../sound.js";
import { clock, t, tOr } from "../texts.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

interface Recording {
  id: number; state: "open" | "kept" | "gone"; why: string; seconds: number | null; marks: Mark[];
}
interface Waveform { seconds: number; client: number[]; operator: number[] }
interface Track { row: Recording; waves: Waveform | null; audio: HTMLAudioElement | null; speed: number;
  state: "still" | "waiting" | "playing" | "failed" }

const WIDTH = 800, MIDDLE = 32, LOUDEST = 255;
let playing: HTMLAudioElement | null = null;    // one at a time

class RecordPlayer extends Piece {
  static override readonly follows = [] as const;
  static override properties = { ...Piece.properties, interaction: { type: Number } };
  declare interaction: number;
  private tracks: Track[] = [];
  private state: "closed" | "loading" | "open" | "failed" = "closed";
  private why = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const { audio } of this.tracks) silence(audio);
    this.tracks = [];
    this.state = "closed";
  }

  protected override render(): Html {
    switch (this.state) {
      case "closed": return html`<button class="quiet player-open" @click=${() => void this.open()}>
        ${icon("play")} ${t("player.listen")}</button>`;
      case "loading": return html`<p class="player-said" role="status">${t("player.loading")}</p>`;
      case "failed": return html`<p class="player-said is-bad" role="alert">${this.why}
        <button class="quiet" @click=${() => void this.open()}>${t("player.again")}</button></p>`;
      default: return html`${this.tracks.map((track, place) => this.track(track, place))}`;
    }
  }

  private async open(): Promise<void> {
    this.become("loading");
    try {
      const { recordings } = await api<{ recordings: Recording[] }>(
        "GET", `/interactions/${this.interaction}/recordings`);
      this.tracks = await Promise.all(recordings.map(async (row) => ({
        row, audio: null, speed: 1, state: "still" as const,
        waves: row.state === "kept" ? await api<Waveform>("GET", `/recordings/${row.id}/peaks`) : null })));
      this.become("open");
      await this.updateComplete;
      this.querySelector<HTMLElement>(".player-play")?.focus();
    } catch (error) {
      this.why = said(error);
      this.become("failed");
    }
  }

  private become(state: RecordPlayer["state"]): void {
    this.state = state;
    this.requestUpdate();
  }

  private track(track: Track, place: number): Html {
    const { row } = track;
    if (row.state !== "kept" || !track.waves) {
      return html`<p class="player-said">${row.state === "open" ? t("player.being_made")
        : t(`player.gone.${row.why || "lost"}`)}</p>`;
    }
    const at = track.audio?.currentTime ?? 0, long = row.seconds ?? 0;
    const isOn = track.state === "playing" || track.state === "waiting";
    const named = this.tracks.length > 1 ? t("player.name_of", { n: place + 1 }) : t("player.name");
    return html`<div class="player" role="group" aria-label=${named}
      @keydown=${(event: KeyboardEvent) => this.key(event, track)}>
      <button class="quiet player-play" aria-label=${t(isOn ? "player.pause" : "player.play")}
        title=${t(isOn ? "player.pause" : "player.play")} aria-busy=${track.state === "waiting"}
        @click=${() => void this.toggle(track)}>${icon(isOn ? "pause" : "play")}</button>
      <div class="player-wave">${wave(track.waves, row.marks, fraction(at, long))}
        <input type="range" min="0" max=${long} step="any" .value=${String(at)}
          aria-label=${t("player.seek")}
          aria-valuetext=${t("player.at", { at: clock(at), long: clock(long) })}
          @input=${(event: Event) => this.seek(track, Number((event.target as HTMLInputElement).value))}>
      </div>
      <div class="player-below"><span class="player-time num">${clock(at)} / ${clock(long)}</span>
        ${track.state === "failed" ? html`<p class="player-said is-bad" role="alert">${
          t("player.failed")}</p>` : legend(row)}
        <button class="quiet player-speed num" title=${t("player.speed")}
          aria-label=${t("player.speed_is", { speed: track.speed })}
          @click=${() => this.hurry(track)}>${track.speed}×</button></div>
    </div>`;
  }

  private async toggle(track: Track): Promise<void> {
    const audio = track.audio ?? this.load(track);
    if (!audio.paused) return audio.pause();
    if (playing && playing !== audio) playing.pause();
    playing = audio;
    if (track.state === "failed") audio.load();
    this.put(track, "waiting");
    try {
      await audio.play();
    } catch {
      if (audio.error) this.put(track, "failed");
    }
  }

  private load(track: Track): HTMLAudioElement {
    const audio = track.audio = new Audio();
    audio.preload = "metadata";
    audio.src = `/api/v1/recordings/${track.row.id}/audio`;
    audio.addEventListener("playing", () => this.put(track, "playing"));
    audio.addEventListener("waiting", () => this.put(track, "waiting"));
    for (const over of ["pause", "ended"]) audio.addEventListener(over, () => this.put(track, "still"));
    for (const moved of ["timeupdate", "seeked"]) audio.addEventListener(moved, () => this.requestUpdate());
    audio.addEventListener("error", () => this.put(track, "failed"));
    return audio;
  }

  private put(track: Track, state: Track["state"]): void {
    track.state = state;
    this.requestUpdate();
  }

  private seek(track: Track, to: number): void {
    (track.audio ?? this.load(track)).currentTime = to;
    this.requestUpdate();
  }

  private hurry(track: Track): void {
    const at = SPEEDS.indexOf(track.speed as typeof SPEEDS[number]);
    track.speed = SPEEDS[(at + 1) % SPEEDS.length] ?? 1;
    (track.audio ?? this.load(track)).playbackRate = track.speed;
    this.requestUpdate();
  }

  /** Arrows go 5 s back and on, Home and End to the ends; Space plays, wherever in the player. */
  private key(event: KeyboardEvent, track: Track): void {
    const isButton = event.target instanceof HTMLButtonElement;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const to = stepped(event.key, track.audio?.currentTime ?? 0, track.row.seconds ?? 0);
    if (to === null && !(event.key === " " && !isButton)) return;
    event.preventDefault();
    event.stopPropagation();
    if (to === null) void this.toggle(track);
    else this.seek(track, to);
  }
}

function legend(row: Recording): Html {
  return html`<p class="player-legend"><span class="is-client">${t("player.client")}</span><span
    class="is-operator">${t("player.operator")}</span>${row.marks.length > 1
    ? html`<span class="is-paused">${t("player.paused")}</span>` : nothing}${
    row.why === "cut_short" ? html`<span>${t("player.cut_short")}</span>` : nothing}</p>`;
}

function silence(audio: HTMLAudioElement | null): void {
  if (!audio) return;
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
}

/** The client above the line, who speaks with him below it; what was heard stands out. */
function wave(waves: Waveform, marks: Mark[], done: number): SVGTemplateResult {
  const upper = outline(waves.client, WIDTH, MIDDLE, LOUDEST, -1);
  const lower = outline(waves.operator, WIDTH, MIDDLE, LOUDEST, 1);
  return svg`<svg viewBox="0 0 ${WIDTH} ${2 * MIDDLE}" preserveAspectRatio="none" aria-hidden="true">
    ${pauses(marks, waves.seconds).map(([from, to]) => svg`<rect class="pause" x=${from * WIDTH} y="0"
      width=${(to - from) * WIDTH} height=${2 * MIDDLE}></rect>`)}
    <path class="client" d=${upper}></path><path class="operator" d=${lower}></path>
    <rect class="to-come" x=${done * WIDTH} y="0" width=${(1 - done) * WIDTH} height=${2 * MIDDLE}></rect>
    <line class="at" x1=${done * WIDTH} x2=${done * WIDTH} y1="0" y2=${2 * MIDDLE}></line></svg>`;
}

function said(error: unknown): string {
  if (!(error instanceof ApiRefused)) return t("player.failed");
  if (error.problem.code === "not_allowed") return t("player.not_yours");
  return tOr(`problem.${error.problem.code}`, t("player.failed"));
}

customElements.define("record-player", RecordPlayer);
