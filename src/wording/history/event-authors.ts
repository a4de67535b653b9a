import type { AuditEvent } from "../../api/events.ts";
import type { AttributedDrift, Attribution } from "../../model/changes/attribution.ts";
import { authorLines } from "../../model/changes/author-text.ts";
import {
  unrecordedCallerText,
  unrecordedCallText,
  unrecordedCountText,
} from "../../model/changes/unrecorded-text.ts";
import { unrecordedCount, type UnrecordedWrite } from "../../model/changes/unrecorded-write.ts";
import { isObject } from "../../text/json-values.ts";
import { counted } from "../../text/phrases.ts";
import { clockTime, type ScreenClock } from "../time.ts";

/** The differences of a drift that begins, or that had ended, whose callers, or candidates, are known. */
export function knownAuthors({ kind, authors }: AuditEvent): readonly AttributedDrift[] {
  if ((kind !== "drift-found" && kind !== "drift-author-found") || !Array.isArray(authors)) return [];
  return authors.filter(isAttributed).filter(({ attribution }) => attribution.kind !== "unknown");
}

/** `last call seen that set this: alice@example.com via AWSReservedSSO_Admin …` */
export function authorText(attribution: Attribution, clock: ScreenClock): string {
  const [first = "", ...calls] = authorLines(attribution, (instant) => clockTime(instant, clock));
  return calls.length === 0 ? first : `${first} ${calls.join("; ")}`;
}

/** Each caller once; with its differences, unless it is known for all of the entry. */
export function authorsText(event: AuditEvent, clock: ScreenClock): string {
  const known = knownAuthors(event);
  const byText = Map.groupBy(known, ({ attribution }) => authorText(attribution, clock));
  const { changes } = event;
  const isOfAll = byText.size === 1 && Array.isArray(changes) && changes.length === known.length;
  return [...byText]
    .map(([author, ofAuthor]) => {
      const differences = ofAuthor.map(({ difference }) => difference).join(", ");
      return isOfAll ? author : `${differences}: ${author}`;
    })
    .join("; ");
}

/** `later events show who made a difference of entry 9`: no more than what the authors below it show. */
export function authorFoundText(event: AuditEvent): string {
  const known = knownAuthors(event);
  const entry = foundEntryText(event);
  if (known.length === 0) return `later events concern the author of ${entry}; this token may not see them`;
  const verb = known.every(({ attribution }) => attribution.kind === "named") ? "made" : "may have made";
  const differences = known.length === 1 ? "a difference" : counted(known.length, "difference");
  return `later events show who ${verb} ${differences} of ${entry}`;
}

/** The entry of the differences whose authors this one has. */
export function foundEntryText({ found }: AuditEvent): string {
  return typeof found === "number" ? `entry ${found}` : "an earlier entry, which was not found";
}

/** The event that shows a call of Grantkeeper whose answer was lost. */
export function lostAnswerText({ intent, eventId }: AuditEvent): string {
  const call = typeof intent === "number" ? `the call of entry ${intent}` : "a call of an earlier entry";
  return `CloudTrail shows ${call}, whose answer was lost${typeof eventId === "string" ? `: event ${eventId}` : ""}`;
}

interface UnrecordedTexts {
  readonly kind: "unrecorded";
  readonly message: string;
  readonly below: string;
}

/** How many writes by roles of Grantkeeper are not in the record, and below it the calls with their callers. */
export function unrecordedTexts({ account, writes, omitted }: AuditEvent): UnrecordedTexts {
  const shown = Array.isArray(writes) ? writes.filter(isUnrecordedWrite) : [];
  const count = unrecordedCount([{ writes: shown, omitted: typeof omitted === "number" ? omitted : 0 }]);
  return {
    kind: "unrecorded",
    message: `${typeof account === "string" ? account : "-"}: ${unrecordedCountText(count)}`,
    below: shown.map((write) => `${unrecordedCallText(write)} by ${unrecordedCallerText(write)}`).join("; "),
  };
}

function isUnrecordedWrite(value: unknown): value is UnrecordedWrite {
  if (!isObject(value)) return false;
  const { call, at, eventId, role, actor } = value;
  const areTexts = [call, at, eventId, role].every((one) => typeof one === "string");
  return areTexts && isObject(actor) && typeof actor["name"] === "string";
}

/** Entries come from the record of any version: what has not the shape of an author is none. */
function isAttributed(value: unknown): value is AttributedDrift {
  if (!isObject(value) || typeof value["difference"] !== "string") return false;
  const { attribution } = value;
  if (!isObject(attribution)) return false;
  const { kind, change, changes } = attribution;
  if (kind === "unknown") return typeof attribution["reason"] === "string";
  if (kind === "named") return isChange(change);
  return kind === "candidates" && Array.isArray(changes) && changes.every(isChange);
}

function isChange(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { at, aspect, actor } = value;
  const isTime = typeof at === "string" && !Number.isNaN(Date.parse(at));
  return isTime && isObject(aspect) && isObject(actor) && typeof actor["name"] === "string";
}

/** ` (other rules: CAL-002, RES-001)`. An entry of 0.1 has the list of all rules only. */
export function otherRulesText(event: AuditEvent): string {
  const rules = rulesIn(event, "rules");
  if (event["counted"] === undefined) return rules.length > 1 ? ` (rules: ${rules.join(", ")})` : "";
  const counted = rulesIn(event, "counted");
  return counted.length === 0 ? "" : ` (other rules: ${counted.join(", ")})`;
}

function rulesIn(event: AuditEvent, field: string): readonly string[] {
  const value = event[field];
  return Array.isArray(value) ? value.map(String) : [];
}
