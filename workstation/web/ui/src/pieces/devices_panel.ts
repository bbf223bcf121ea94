// Trying one's headset before the first call: which microphone, is it heard, where does it sound,
// where and how loud does it ring. What is chosen holds at once, also in a call.
import { html, nothing } from "lit";
import { heard, LevelMeter, type Heard } from "../levels.js";
import { openMicrophone, MicrophoneError } from "../microphone.js";
import { Ring } from "../ring.js";
import { t } from "../texts.js";
import { chooseDevice, device, setVolume, sink, SOUNDS, volume, type Place, type Sound,
         } from "../volumes.js";
import { icon, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const KINDS: Record<Place, MediaDeviceKind> =
  { microphone: "audioinput", headset: "audiooutput", bell: "audiooutput" };
const TONE_S = 1.2;
const FORGET_S = 2;

class DevicesPanel extends Piece {
  private devices: MediaDeviceInfo[] = [];
  private trouble = "";
  private context: AudioContext | null = null;
  private microphone: MediaStream | null = null;
  private meters: Partial<Record<"microphone" | "headset", LevelMeter>> = {};
  private highest = 0;
  private highestAt = 0;
  private said: Heard = "silent";
  private readonly ring = new Ring();

  override connectedCallback(): void {
    super.connectedCallback();
    navigator.mediaDevices?.addEventListener("devicechange", this.look);
    void this.listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    navigator.mediaDevices?.removeEventListener("devicechange", this.look);
    this.quiet();
    void this.context?.close();
    this.context = null;
    this.ring.close();
  }

  protected override render(): Html {
    return html`<div class="devices">
      ${this.trouble ? html`<p class="banner is-red" role="alert">${icon("mic-off")}
        <span>${t(`phone.${this.trouble}`)}</span></p>` : nothing}
      ${this.choice("microphone", html`${this.bar("microphone")}
        <p class="faint" role="status">${t(`devices.heard.${this.said}`)}</p>`)}
      ${this.choice("headset", html`${this.bar("headset")}
        <button class="button small" data-act="test-tone" @click=${() => void this.play()}>
          ${icon("play")} ${t("devices.play")}</button>`)}
      ${this.choice("bell", html`<button class="button small" data-act="test-ring"
        @click=${() => void this.ring.once()}>${icon("bell")} ${t("devices.ring")}</button>`)}
      <section><h3>${t("devices.volumes")}</h3>${SOUNDS.map((sound) => this.slider(sound))}</section>
      <p class="faint">${t("devices.kept")}</p></div>`;
  }

  private choice(place: Place, more: Html): Html {
    const mine = this.devices.filter((one) => one.kind === KINDS[place] && one.deviceId !== "default");
    const chosen = device(place);
    return html`<section><label for="device-${place}"><h3>${t(`devices.${place}`)}</h3></label>
      <select id="device-${place}" @change=${(event: Event) =>
        void this.choose(place, (event.target as HTMLSelectElement).value)}>
        <option value="" ?selected=${chosen === ""}>${t("devices.usual")}</option>
        ${mine.map((one) => html`<option value=${one.deviceId}
          ?selected=${one.deviceId === chosen}>${one.label || t("devices.unnamed")}</option>`)}
      </select>${more}</section>`;
  }

  private bar(place: "microphone" | "headset"): Html {
    return html`<div class="level" role="meter" data-level=${place} aria-valuemin="0"
      aria-valuemax="100" aria-valuenow="0" aria-label=${t(`devices.level.${place}`)}><i></i></div>`;
  }

  private slider(sound: Sound): Html {
    return html`<label class="volume"><span>${t(`devices.volume.${sound}`)}</span>
      <input type="range" min="0" max="100" step="5" data-volume=${sound}
        .value=${String(Math.round(volume(sound) * 100))}
        @change=${(event: Event) => {
          setVolume(sound, Number((event.target as HTMLInputElement).value) / 100);
          if (sound === "tick") void this.ring.tick();
          if (sound === "ring") void this.ring.once();
          if (sound === "talk") void this.desk.phone.web?.changeSpeaker();
        }}></label>`;
  }

  // ── listening to the microphone ───────────────────────────────────────────────────────────
  private async listen(): Promise<void> {
    this.quiet();
    try {
      this.microphone = await openMicrophone();
    } catch (error) {
      this.trouble = error instanceof MicrophoneError ? error.trouble : "busy";
      this.requestUpdate();
      return;
    }
    if (!this.isConnected) {
      this.quiet();
      return;
    }
    this.trouble = "";
    const context = this.context ??= new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context);
    context.createMediaStreamSource(this.microphone).connect(analyser);
    this.meters.microphone = new LevelMeter(analyser, (level) => this.spoken(level));
    await this.look();
  }

  private look = async (): Promise<void> => {
    this.devices = await navigator.mediaDevices.enumerateDevices();
    this.requestUpdate();
  };

  /** The words follow the loudest moment of the last seconds: a bar that jumps says nothing. */
  private spoken(level: number): void {
    this.draw("microphone", level);
    const now = performance.now() / 1000;
    if (level >= this.highest || now - this.highestAt > FORGET_S) {
      this.highest = level;
      this.highestAt = now;
    }
    const said = heard(this.highest);
    if (said === this.said) return;
    this.said = said;
    this.requestUpdate();
  }

  private draw(place: "microphone" | "headset", level: number): void {
    const bar = this.querySelector<HTMLElement>(`[data-level=${place}]`);
    bar?.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    bar?.style.setProperty("--level", level.toFixed(2));
  }

  // ── a tone for the ear ────────────────────────────────────────────────────────────────────
  private async play(): Promise<void> {
    const context = this.context ??= new AudioContext();
    await sink(context, "headset");
    await context.resume();
    this.meters.headset?.stop();
    const loudness = new GainNode(context, { gain: 0.25 * volume("talk") });
    const analyser = new AnalyserNode(context);
    const tone = new OscillatorNode(context, { frequency: 440 });
    tone.connect(loudness).connect(analyser).connect(context.destination);
    this.meters.headset = new LevelMeter(analyser, (level) => this.draw("headset", level));
    tone.onended = () => {
      this.meters.headset?.stop();
      this.draw("headset", 0);
    };
    tone.start();
    tone.stop(context.currentTime + TONE_S);
  }

  private async choose(place: Place, id: string): Promise<void> {
    chooseDevice(place, id);
    if (place === "microphone") {
      await this.listen();
      await this.desk.phone.web?.changeMicrophone();
    } else if (place === "headset") {
      await this.desk.phone.web?.changeSpeaker();
      await this.play();
    } else await this.ring.once();
  }

  private quiet(): void {
    for (const meter of Object.values(this.meters)) meter.stop();
    this.meters = {};
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    this.microphone = null;
  }
}

customElements.define("devices-panel", DevicesPanel);
