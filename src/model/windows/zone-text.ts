import { offsetsOf } from "./zone-time.ts";

/** `09:30 Europe/Berlin`, with the day if it is another one there. null: the zone is UTC, in which times are shown anyway. */
export function zoneText(ms: number, zone: string): string | null {
  if (zone === "UTC") return null;
  const [day = "", time = ""] = new Date(ms + offsetsOf(zone)(ms)).toISOString().split("T");
  const date = new Date(ms).toISOString().startsWith(day) ? "" : `${day} `;
  return `${date}${time.slice(0, 5)} ${zone}`;
}
