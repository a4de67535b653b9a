import { UTC, type Zone } from "../../text/zone.ts";
import { isExported } from "./transport.ts";

const BROWSER: Zone = {
  name: Intl.DateTimeFormat().resolvedOptions().timeZone,
  offsetMs: (instantMs) => -new Date(instantMs).getTimezoneOffset() * 60_000,
};

/** The zone of all times on a screen that states it: of the browser; in an export, which has the times of the record, UTC. */
export function screenZone(): Zone {
  return isExported() ? UTC : BROWSER;
}
