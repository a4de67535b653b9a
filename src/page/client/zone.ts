import type { Zone } from "../view/history/local-time.ts";

/** The zone of the browser. */
export const OWN_ZONE: Zone = {
  name: Intl.DateTimeFormat().resolvedOptions().timeZone,
  offsetMs: (instantMs) => -new Date(instantMs).getTimezoneOffset() * 60_000,
};
