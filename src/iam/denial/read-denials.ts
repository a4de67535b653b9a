import { isObject, parsedJson } from "../../text/json-values.ts";
import { cloudTrailDenial, isCloudTrailEvent, type CloudTrailEvent } from "./cloudtrail.ts";
import { decodedDenial } from "./decoded.ts";
import { denialMessages } from "./message.ts";
import type { ReportedDenial } from "../../model/answers/reported-denial.ts";

/**
 * Every denial that a pasted text reports, in its order, each once: messages anywhere in it (a log, a stack trace),
 * CloudTrail events (one, a file of `Records`, one a line, `lookup-events`, EventBridge's) and decoded authorization
 * messages. Never throws, for any text.
 */
export function readDenials(text: string): readonly ReportedDenial[] {
  const json = jsonIn(text.trim());
  const found = json === undefined ? ofLines(text) : ofValue(json);
  const denials = found ?? denialMessages(text);
  return [...new Map(denials.map((denial) => [JSON.stringify(denial), denial])).values()];
}

/** null when the value is neither an event nor a decoded message: it may still contain messages as text. */
function ofValue(value: unknown): readonly ReportedDenial[] | null {
  const events = eventsIn(value);
  if (events.length > 0) return events.flatMap((event) => cloudTrailDenial(event) ?? []);
  const decoded = isObject(value) ? decodedDenial(inner(value["DecodedMessage"]) ?? value) : null;
  return decoded === null ? null : [decoded];
}

/** Lines of JSON, as tools for logs write them; null when none of them is an event. */
function ofLines(text: string): readonly ReportedDenial[] | null {
  const lines = text.split("\n").filter((line) => line.trimStart().startsWith("{"));
  const found = lines.map((line) => ofValue(jsonIn(line.trim()))).filter((each) => each !== null);
  return found.length === 0 ? null : found.flat();
}

function eventsIn(value: unknown): readonly CloudTrailEvent[] {
  if (Array.isArray(value)) return value.flatMap(eventsOfMember);
  if (!isObject(value)) return [];
  const { Records: records, Events: events } = value;
  const members: readonly unknown[] = [records, events].flatMap((list) => (Array.isArray(list) ? list : []));
  return [value, ...members].flatMap(eventsOfMember);
}

/** An event, one in EventBridge's envelope, or one as text in what `lookup-events` lists. */
function eventsOfMember(value: unknown): readonly CloudTrailEvent[] {
  if (!isObject(value)) return [];
  return [value, value["detail"], inner(value["CloudTrailEvent"])].filter(isCloudTrailEvent);
}

function inner(value: unknown): unknown {
  return typeof value === "string" ? jsonIn(value) : undefined;
}

/** undefined for a text like any other, which may contain messages. */
function jsonIn(text: string): unknown {
  return /^[[{]/.test(text) ? parsedJson(text) : undefined;
}
