import { isObject, parsedJson } from "../../text/json-values.ts";
import { cloudTrailDenial, isCloudTrailEvent, type CloudTrailEvent } from "./cloudtrail.ts";
import { denialMessages } from "./message.ts";
import { type ReportedDenial, NOTHING_REPORTED } from "../../model/denials/reported-denial.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { fieldsOf, textOf, type Fields } from "../fields.ts";

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

/** The events of a value: one, a file of `Records`, what `lookup-events` lists, or EventBridge's envelope. */
export function eventsIn(value: unknown): readonly CloudTrailEvent[] {
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

/**
 * What `aws sts decode-authorization-message` makes of an encoded message; null for anything else. Its context has the
 * request's condition keys, which no other report has.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
function decodedDenial(value: unknown): ReportedDenial | null {
  if (!isObject(value) || value["allowed"] !== false || !isObject(value["context"])) return null;
  const { principal, action, resource, conditions } = value["context"];
  const arn = textOf(fieldsOf(principal)["arn"]);
  const wanted = textOf(resource);
  return {
    ...NOTHING_REPORTED,
    caller: arn,
    action: actionOf(textOf(action), wanted),
    operation: textOf(action),
    resource: wanted,
    how: value["explicitDeny"] === true ? "explicit" : "implicit",
    context: contextOf(conditions),
  };
}

/** EC2 leaves its prefix out where the resource shows it. */
function actionOf(action: string | null, resource: string | null): string | null {
  if (action === null || action.includes(":")) return action;
  const { service } = arnParts(resource ?? "");
  return /^[a-z0-9-]+$/.test(service) ? `${service}:${action}` : null;
}

function contextOf(conditions: unknown): Readonly<Record<string, readonly string[]>> {
  const pairs = itemsOf(conditions).flatMap((item) => {
    const key = textOf(item["key"]);
    const values = itemsOf(item["values"]).flatMap((each) => textOf(each["value"]) ?? []);
    return key === null ? [] : [[key, values] as const];
  });
  return Object.fromEntries(pairs);
}

function itemsOf(value: unknown): readonly Fields[] {
  const { items } = fieldsOf(value);
  return Array.isArray(items) ? items.filter(isObject) : [];
}
