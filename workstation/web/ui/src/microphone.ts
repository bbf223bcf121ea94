// The microphone: asked for before going ready, kept open, its troubles told in words.
import { device } from "./volumes.js";

export type MicrophoneTrouble = "insecure" | "refused" | "no_device" | "busy";

export class MicrophoneError extends Error {
  constructor(readonly trouble: MicrophoneTrouble) {
    super(trouble);
  }
}

/** The chosen one if it is there, else the machine's own. */
function wanted(): MediaStreamConstraints {
  const id = device("microphone");
  return { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true,
                    ...(id ? { deviceId: { ideal: id } } : {}) }, video: false };
}

export async function openMicrophone(): Promise<MediaStream> {
  if (!window.isSecureContext || !navigator.mediaDevices) throw new MicrophoneError("insecure");
  try {
    return await navigator.mediaDevices.getUserMedia(wanted());
  } catch (error) {
    throw new MicrophoneError(troubleOf(error instanceof DOMException ? error.name : ""));
  }
}

function troubleOf(name: string): MicrophoneTrouble {
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "no_device";
  return "busy";
}

/** True when the browser will not ask again. */
export async function isMicrophoneAllowed(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: "microphone" as PermissionName });
    return status.state === "granted";
  } catch {
    return false;
  }
}
