import type { AuditEvent } from "../../api/events.ts";
import { GRANTKEEPER } from "../../model/entries/entry-names.ts";
import { clockTime, type ScreenClock } from "../screen/time.ts";
import { shortHash } from "../screen/words.ts";

/** `9c1d04e instead of 41aa2e0 until 22:22:46Z: "INC-4410"` */
export function rolledBackText(event: AuditEvent, clock: ScreenClock): string {
  const until = clockTime(textOf(event, "until"), clock);
  const revisions = `${hashOf(event, "revision")} instead of ${hashOf(event, "from")}`;
  return `${revisions} until ${until}: "${textOf(event, "reason")}"`;
}

/** Without an actor it ended by itself. */
export function rollbackEndText(event: AuditEvent): { readonly by: string; readonly message: string } {
  const revision = hashOf(event, "revision");
  const actor = textOf(event, "actor");
  if (actor === "") return { by: GRANTKEEPER, message: `the time of ${revision} is over` };
  return { by: actor, message: `${revision}: "${textOf(event, "reason")}"` };
}

function hashOf(event: AuditEvent, field: string): string {
  return shortHash(textOf(event, field));
}

function textOf(event: AuditEvent, field: string): string {
  const value = event[field];
  return typeof value === "string" ? value : "";
}
