import { CLOUDTRAIL_BOUNDS } from "../bounds/models.ts";
import { bounded } from "../bounds/query.ts";
import { type Input, type Operation, type Output, SimulatedError } from "../contract.ts";
import type { HistoryEvent } from "./history.ts";

/** The longest time that CloudTrail keeps the history of events. */
const KEPT_MS = 90 * 86_400_000;
const MOST_ON_PAGE = 50;

interface Attribute {
  readonly AttributeKey: string;
  readonly AttributeValue: string;
}

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const lookupEvents: Operation<readonly HistoryEvent[]> = (events, input, { nowMs }) => {
  const attribute = attributeOf(input);
  const fromMs = Math.max(nowMs - KEPT_MS, timeOf(input["StartTime"]) ?? -Infinity);
  const toMs = timeOf(input["EndTime"]) ?? Infinity;
  if (timeOf(input["StartTime"]) !== undefined && fromMs > toMs)
    throw refused("InvalidTimeRangeException", "Invalid time range.");
  const found = events
    .map(shownEvent)
    .filter(({ EventTime }) => Date.parse(EventTime) >= fromMs && Date.parse(EventTime) <= toMs)
    .filter((event) => attribute === undefined || hasAttribute(event, attribute));
  return pageOf(found, input);
};

function attributeOf(input: Input): Attribute | undefined {
  const [first, ...more] = (input["LookupAttributes"] ?? []) as readonly Attribute[];
  if (more.length === 0) return first;
  throw refused("InvalidLookupAttributesException", "Only one lookup attribute is supported.");
}

/** The protocol has seconds. */
function timeOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  return typeof value === "number" ? value * 1_000 : Date.parse(value as string);
}

type ShownEvent = ReturnType<typeof shownEvent>;

function shownEvent({ record, resources }: HistoryEvent) {
  const { eventID, eventName, eventTime, eventSource, userIdentity, readOnly } = record;
  const { accessKeyId, userName } = userIdentity as {
    readonly accessKeyId?: string;
    readonly userName?: string;
  };
  return {
    EventId: eventID,
    EventName: eventName,
    ReadOnly: String(readOnly),
    AccessKeyId: accessKeyId,
    EventTime: eventTime,
    EventSource: eventSource,
    Username: userName ?? userIdentity.arn.slice(userIdentity.arn.lastIndexOf("/") + 1),
    Resources: resources,
    CloudTrailEvent: JSON.stringify(record),
  };
}

function hasAttribute(event: ShownEvent, { AttributeKey, AttributeValue }: Attribute): boolean {
  if (AttributeKey === "ResourceName" || AttributeKey === "ResourceType")
    return event.Resources.some((resource) => resource[AttributeKey] === AttributeValue);
  return event[AttributeKey as Exclude<keyof ShownEvent, "Resources">] === AttributeValue;
}

function pageOf(found: readonly ShownEvent[], input: Input): Output {
  const size = Number(input["MaxResults"] ?? MOST_ON_PAGE);
  if (!(size >= 1 && size <= MOST_ON_PAGE))
    throw refused("InvalidMaxResultsException", "Max results must be between 1 and 50.");
  const from = startOf(input);
  const next = from + size;
  return {
    Events: found.slice(from, next),
    ...(next < found.length && { NextToken: tokenOf(next, input) }),
  };
}

/** A token is for the request that it was the answer of. */
function tokenOf(start: number, input: Input): string {
  const request = Object.entries(input).filter(([name]) => name !== "NextToken");
  return Buffer.from(JSON.stringify([start, request])).toString("base64");
}

function startOf(input: Input): number {
  const token = input["NextToken"];
  if (token === undefined) return 0;
  const [start] = readToken(token as string);
  if (typeof start === "number" && tokenOf(start, input) === token) return start;
  throw refused("InvalidNextTokenException", "Invalid token.");
}

function readToken(token: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, "base64").toString());
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}

function refused(code: string, message: string): SimulatedError {
  return new SimulatedError(code, message, 400);
}

export const cloudtrailOperations: Readonly<Record<string, Operation<readonly HistoryEvent[]>>> = bounded(
  CLOUDTRAIL_BOUNDS,
  { LookupEvents: lookupEvents },
  "InvalidLookupAttributesException",
);
