// The page's telephone: JsSIP to Asterisk over the server's /sip. One tab holds it at a time.
import type { RTCSession } from "jssip/lib/RTCSession.js";
import type { RTCSessionEvent, UA } from "jssip/lib/UA.js";
import type { PhoneAccess } from "./protocol.gen.js";
import { MicrophoneError, openMicrophone, type MicrophoneTrouble } from "./microphone.js";
import { NO_LOOKS, QualityMeter, summed, type LineSum, type Quality } from "./quality.js";
import { sink, volume } from "./volumes.js";

export type PhoneState =
  "off" | "asking" | "connecting" | "ready" | "lost" | "elsewhere" | MicrophoneTrouble;

export interface PhoneCall {
  call: string;               // Linkedid, as the INVITE's X-Linkedid says; "" when it says nothing
  state: "ringing" | "answering" | "talking" | "held";
  muted: boolean;
  isListening: boolean;       // a colleague's call is heard: no talk of one's own
  quality: Quality | null;
}

const LOCK = "deskline-softphone";
const TAKEN_ELSEWHERE = 4409;     // the server: another machine has this telephone
const REGISTER_WITHIN_MS = 2500;
const GATHER_MS = 40;
const LOCAL_NETWORK_ONLY: RTCConfiguration = { iceServers: [] };

export class Softphone {
  state: PhoneState = "off";
  call: PhoneCall | null = null;
  lineIs = (_quality: Quality): void => undefined;
  lineWas = (_sum: LineSum): void => undefined;
  answersItself = (_headers: { callInfo: string }): boolean => false;

  private microphone: MediaStream | null = null;
  private ua: UA | null = null;
  private session: RTCSession | null = null;
  private meter: QualityMeter | null = null;
  private line: LineSum = NO_LOOKS;
  private taking = "";            // asked to take the phone from another machine, once
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private release: (() => void) | null = null;
  private offers = 0;
  private readonly speaker = new Audio();

  constructor(private readonly access: PhoneAccess, private readonly changed: () => void) {
    this.speaker.autoplay = true;
    addEventListener("pagehide", () => this.leave());
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.deviceCame());
  }

  get isReady(): boolean {
    return this.state === "ready";
  }

  /** Asks for the microphone, takes the phone unless another tab has it, registers. */
  async start(takeOver = false): Promise<void> {
    if (this.release) return;
    this.taking = takeOver ? crypto.randomUUID() : "";
    this.say("asking");
    try {
      this.microphone ??= await openMicrophone();
    } catch (error) {
      this.say(error instanceof MicrophoneError ? error.trouble : "busy");
      return;
    }
    this.watchMicrophone(this.microphone);
    this.hold(takeOver);
    await this.settled();
  }

  private watchMicrophone(stream: MediaStream): void {
    for (const track of stream.getAudioTracks()) {
      track.onended = () => { if (this.microphone === stream) this.microphoneGone(); };
    }
  }

  /** Another microphone was chosen: it takes over in the middle of a call too. */
  async changeMicrophone(): Promise<void> {
    if (!this.microphone) return;
    const before = this.microphone;
    this.microphone = await openMicrophone();
    this.watchMicrophone(this.microphone);
    const [track] = this.microphone.getAudioTracks();
    const peer = this.session?.connection as RTCPeerConnection | undefined;
    const sender = peer?.getSenders().find((one) => one.track?.kind === "audio");
    if (sender && track) {
      track.enabled = sender.track?.enabled ?? true;
      await sender.replaceTrack(track);
    }
    for (const one of before.getTracks()) one.stop();
  }

  /** Where and how loud the other party is heard, as chosen now. */
  async changeSpeaker(): Promise<void> {
    this.speaker.volume = volume("talk");
    await sink(this.speaker, "headset");
  }

  /** Resolves once the phone is registered or cannot be for now; at the latest after 6 s. */
  private async settled(): Promise<void> {
    for (let tenths = 0; tenths < 60; tenths += 1) {
      if (this.state !== "asking" && this.state !== "connecting") return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private hold(takeOver: boolean): void {
    const options: LockOptions = takeOver ? { steal: true } : { ifAvailable: true };
    void navigator.locks.request(LOCK, options, async (lock) => {
      if (!lock) {
        this.say("elsewhere");
        return;
      }
      await this.connect();
      await new Promise<void>((resolve) => { this.release = resolve; });
    }).catch(() => this.takenAway());
  }

  private takenAway(): void {
    this.release?.();
    this.release = null;
    this.disconnect();
    this.say("elsewhere");
  }

  private async connect(): Promise<void> {
    this.say("connecting");
    const { UA, WebSocketInterface } = (await import("jssip")).default;
    const url = new URL(this.access.ws_url, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("tab", tabId());
    if (this.taking) url.searchParams.set("take", this.taking);
    const ua = new UA({
      sockets: [new WebSocketInterface(url.href)],
      uri: this.access.realm_uri,
      contact_uri: `sip:${this.access.user}@${crypto.randomUUID()}.invalid;transport=ws`,
      authorization_user: this.access.user,
      password: this.access.password,
      register_expires: 120,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 3,
      user_agent: "Deskline",
    });
    this.ua = ua;
    ua.on("connected", () => this.expectRegistered(ua));
    ua.on("registered", () => this.registered(ua));
    ua.on("registrationFailed", () => this.unreachable(ua));
    ua.on("disconnected", (event) => {
      if ((event as { code?: number }).code === TAKEN_ELSEWHERE && this.ua === ua) this.takenAway();
      else this.unreachable(ua);
    });
    ua.on("newRTCSession", (event: RTCSessionEvent) => {
      if (event.originator === "remote") this.ringing(event.session, event.request);
    });
    ua.start();
  }

  private disconnect(): void {
    clearTimeout(this.watchdog);
    const ua = this.ua;
    this.ua = null;
    ua?.stop();
  }

  /** A REGISTER sent while Asterisk boots is never answered: do not wait the library's 32 s. */
  private expectRegistered(ua: UA): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      if (this.ua !== ua || ua.isRegistered()) return;
      this.disconnect();
      this.watchdog = setTimeout(() => void this.connect(), 1000);
    }, REGISTER_WITHIN_MS);
  }

  private registered(ua: UA): void {
    if (this.ua !== ua) return;
    clearTimeout(this.watchdog);
    this.say("ready");
  }

  private unreachable(ua: UA): void {
    if (this.ua === ua) this.say("lost");
  }

  private ringing(session: RTCSession, request: { getHeader(name: string): string }): void {
    if (this.session) {
      session.terminate({ status_code: 486 });
      return;
    }
    this.session = session;
    this.line = NO_LOOKS;
    const callInfo = request.getHeader("Call-Info") ?? "";
    this.call = { call: request.getHeader("X-Linkedid") ?? "", state: "ringing", muted: false,
                  isListening: callInfo.includes("deskline-listen"), quality: null };
    this.follow(session);
    this.changed();
    if (this.answersItself({ callInfo })) this.answer();
  }

  private follow(session: RTCSession): void {
    session.on("peerconnection", ({ peerconnection }) => {
      this.listen(peerconnection as unknown as RTCPeerConnection);
    });
    session.on("icecandidate", ({ ready }) => setTimeout(ready, GATHER_MS));
    session.on("confirmed", () => this.update({ state: "talking" }));
    session.on("hold", ({ originator }) => {
      if (originator === "local") this.update({ state: "held" });
    });
    session.on("unhold", ({ originator }) => {
      if (originator === "local") this.update({ state: "talking" });
    });
    session.on("muted", () => this.update({ muted: true }));
    session.on("unmuted", () => this.update({ muted: false }));
    session.on("ended", () => this.over(session));
    session.on("failed", () => this.over(session));
  }

  private listen(peer: RTCPeerConnection): void {
    peer.addEventListener("track", ({ track, streams }) => {
      this.speaker.srcObject = streams[0] ?? new MediaStream([track]);
      void this.changeSpeaker();
      void this.speaker.play().catch(() => undefined);
    });
    peer.addEventListener("connectionstatechange", () => {
      if (peer.connectionState === "failed") this.end();
    });
    this.meter = new QualityMeter(peer, (quality) => this.measured(quality));
  }

  private measured(quality: Quality): void {
    const { call } = this;
    if (!call || call.isListening) return;
    this.line = summed(this.line, quality, call.state === "held");
    this.update({ quality });
    if (this.line.looks > 0) this.lineIs(quality);
  }

  private over(session: RTCSession): void {
    if (this.session !== session) return;
    if (this.line.looks > 0) this.lineWas(this.line);
    this.session = null;
    this.call = null;
    this.meter?.stop();
    this.meter = null;
    this.speaker.srcObject = null;
    this.changed();
  }

  answer(): void {
    if (!this.session || this.call?.state !== "ringing" || !this.microphone) return;
    this.update({ state: "answering" });
    this.session.answer({ mediaStream: this.microphone, pcConfig: LOCAL_NETWORK_ONLY });
    performance.mark("answer pressed");
  }

  end(): void {
    if (this.session && !this.session.isEnded()) this.session.terminate();
  }

  toggleHold(): void {
    const { call, session } = this;
    if (!call || !session || call.state === "ringing") return;
    const isHeld = call.state === "held";
    void this.insist(session, () => isHeld ? session.unhold() : session.hold());
  }

  /** While another offer is under way the library refuses a new one: ask again until it is over,
   * unless the person has pressed again meanwhile. */
  private async insist(session: RTCSession, offer: () => boolean): Promise<void> {
    const mine = ++this.offers;
    for (let tries = 0; tries < 20 && this.session === session; tries += 1) {
      if (this.offers !== mine || offer()) return;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
  }

  toggleMute(): void {
    if (this.call?.muted) this.session?.unmute({ audio: true });
    else this.session?.mute({ audio: true });
  }

  press(key: string): void {
    if (!this.call) return;
    this.session?.sendDTMF(key, { transportType: "RFC2833" as never, interToneGap: 70,
                                  duration: 160 });
  }

  private microphoneGone(): void {
    this.microphone = null;
    if (!this.session) this.stop();
    this.say("no_device");
  }

  private async deviceCame(): Promise<void> {
    if (this.state === "no_device") await this.start();
  }

  stop(): void {
    this.disconnect();
    this.release?.();
    this.release = null;
    this.say("off");
  }

  /** A page that goes away ends no talk: Asterisk keeps the caller until the page is back. */
  private leave(): void {
    if (this.call?.state === "ringing") this.end();
  }

  private update(change: Partial<PhoneCall>): void {
    if (!this.call) return;
    this.call = { ...this.call, ...change };
    this.changed();
  }

  private say(state: PhoneState): void {
    this.state = state;
    this.changed();
  }
}

/** This tab, also after a reload: the server tells its telephone from that of another machine. */
function tabId(): string {
  const kept = sessionStorage.getItem("deskline.tab") ?? crypto.randomUUID();
  sessionStorage.setItem("deskline.tab", kept);
  return kept;
}
