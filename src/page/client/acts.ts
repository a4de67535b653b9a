import { BACKGROUND_HEADER } from "../../api/group.ts";
import { Acts } from "../view/acts.ts";

const acts = new Acts();

/** What a person does in a tab; events that a script makes are none. */
const EVENTS = ["pointerdown", "keydown", "wheel", "touchmove"] as const;

/** From now on the acts of the person are noted. */
export function noteActs(): void {
  for (const name of EVENTS)
    document.addEventListener(name, ({ isTrusted }) => isTrusted && acts.note(), {
      capture: true,
      passive: true,
    });
  // The buttons of the browser are outside the document.
  window.addEventListener("popstate", acts.note);
}

/** Marks a read that no person caused. */
export function causeOfRead(): Readonly<Record<string, string>> {
  return acts.take() ? {} : { [BACKGROUND_HEADER]: "1" };
}

/** A watch is opened again by itself, for as long as the tab is open. */
export const CAUSE_OF_WATCH: Readonly<Record<string, string>> = { [BACKGROUND_HEADER]: "1" };
