// How loud each sound of the page is, and on which device: kept on this machine, for it is its ears.
import { readWord, writeWord } from "./settings.js";

export const SOUNDS = ["ring", "tick", "talk"] as const;
export type Sound = typeof SOUNDS[number];
export const PLACES = ["microphone", "headset", "bell"] as const;
export type Place = typeof PLACES[number];

/** 0 to 1. */
export function volume(sound: Sound): number {
  const kept = Number(readWord(`volume.${sound}`) || "1");
  return kept >= 0 && kept <= 1 ? kept : 1;
}

export function setVolume(sound: Sound, share: number): void {
  writeWord(`volume.${sound}`, String(Math.min(1, Math.max(0, share))));
}

/** The chosen device's id; "" for the machine's own choice. */
export function device(place: Place): string {
  return readWord(`device.${place}`);
}

export function chooseDevice(place: Place, id: string): void {
  writeWord(`device.${place}`, id);
}

interface Sinking { setSinkId?(id: string): Promise<void> }

/** Where browsers can: to the device of that place; one that is gone falls back to the usual. */
export async function sink(player: HTMLMediaElement | AudioContext, place: Place): Promise<void> {
  try {
    await (player as Sinking).setSinkId?.(device(place));
  } catch {
    await (player as Sinking).setSinkId?.("").catch(() => undefined);
  }
}
