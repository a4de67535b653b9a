import { actionNameOf } from "../../model/aws/action-name.ts";
import { counted, someOf } from "../../text/phrases.ts";
import { dayOf } from "../../model/values/duration.ts";
import type { ObservedRole } from "./accessed-use.ts";
import {
  confidenceOf,
  DAY_MS,
  isNeededByOthers,
  weakest,
  type ActionParts,
  type ActionUse,
  type Confidence,
} from "./action-use.ts";
import type { ActionCalls, TrailAccount } from "./trail-usage.ts";

/** Where a function calls, and until when its trail is looked at. */
export interface TrailQuestion {
  readonly functionName: string;
  readonly region: string;
  readonly role: ObservedRole;
  /** Regions that the resources of the permission name; null: they name none, so that it may be any. */
  readonly regions: readonly string[] | null;
  readonly nowMs: number;
  /** Files and records that were not read; 0: none. */
  readonly unread: number;
}

/** After more days without a file, the trail does not show the present. */
const LATEST_DAYS = 7;

/**
 * What CloudTrail's files show about an action. An event that no one caused is not known to be recorded; a data event is
 * recorded only for some resources; a day without a file may have had any event. None of these shows that something is
 * unused.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
export function useByTrail(
  action: ActionParts,
  account: TrailAccount | undefined,
  question: TrailQuestion,
): ActionUse {
  const { role, functionName } = question;
  if (account === undefined)
    return { kind: "unknown", because: "the CloudTrail files have nothing of the account" };
  const calls = callsOf(action, account, question);
  const last = latest(calls.map(({ lastAtMs }) => lastAtMs));
  if (last !== null)
    return {
      kind: "used",
      lastAtMs: last,
      because: `${functionName} called it on ${dayOf(last)}, by CloudTrail`,
    };
  const denied = latest(calls.map(({ lastDeniedAtMs }) => lastDeniedAtMs));
  if (denied !== null)
    return {
      kind: "denied",
      lastAtMs: denied,
      because: `${functionName} was denied it on ${dayOf(denied)}, by CloudTrail`,
    };
  if (action.isPattern) return { kind: "unknown", because: "it names several actions" };
  if (isNeededByOthers(action))
    return { kind: "unknown", because: "other calls need it, and CloudTrail does not record that" };
  if (!account.recorded.has(`${action.service}:${action.name}`))
    return {
      kind: "unknown",
      because: "not seen by CloudTrail management events; this kind of event is not recorded there",
    };
  if (question.unread > 0)
    return { kind: "unknown", because: `${counted(question.unread, "CloudTrail file")} could not be read` };
  return notSeen(windowOf(account, question), role);
}

/** Of the function's own sessions, and of those that may be of any function on the role. */
function callsOf(
  { service, name, isPattern }: ActionParts,
  { calls }: TrailAccount,
  { functionName, role }: TrailQuestion,
): readonly ActionCalls[] {
  const byName = calls.get(role.arn);
  const all = [functionName, ""].flatMap((session) => [...(byName?.get(session) ?? [])]);
  const test = isPattern ? patternOf(name) : null;
  return all.flatMap(([found, made]) => {
    const { service: ofService, name: called } = actionNameOf(found);
    if (ofService !== service) return [];
    return (test === null ? called === name : test.test(called)) ? [made] : [];
  });
}

function patternOf(name: string): RegExp {
  const parts = name.split(/([*?])/).map((part) => {
    if (part === "*") return ".*";
    return part === "?" ? "." : part.replace(/[^a-z0-9]/g, "");
  });
  return new RegExp(`^${parts.join("")}$`);
}

function latest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

interface TrailWindow {
  readonly firstMs: number;
  readonly lastMs: number;
  /** `2026-10-01 in eu-west-1`: days without a file. */
  readonly gaps: readonly string[];
  readonly limit: Confidence;
  readonly nowMs: number;
}

/** What all regions that matter have in common. */
function windowOf(account: TrailAccount, { region, regions, nowMs }: TrailQuestion): TrailWindow {
  const needed = regions ?? [...new Set([region, ...account.days.keys()])].sort();
  const spans = needed.map((name) => ({ name, days: account.days.get(name) ?? new Set<string>() }));
  const firstMs = Math.max(...spans.map(({ days }) => startOf([...days].sort()[0], nowMs)));
  const lastMs = Math.min(...spans.map(({ days }) => startOf([...days].sort().at(-1), nowMs)));
  const gaps = spans.flatMap(({ name, days }) => {
    if (days.size === 0) return [`every day in ${name}`];
    return daysBetween(firstMs, lastMs).flatMap((day) => (days.has(day) ? [] : [`${day} in ${name}`]));
  });
  return { firstMs, lastMs, gaps, nowMs, limit: regions === null ? "weak" : "moderate" };
}

function startOf(day: string | undefined, nowMs: number): number {
  return day === undefined ? nowMs : Date.parse(`${day}T00:00:00.000Z`);
}

function daysBetween(firstMs: number, lastMs: number): readonly string[] {
  const count = Math.max(0, Math.round((lastMs - firstMs) / DAY_MS) + 1);
  return Array.from({ length: count }, (_, index) => dayOf(firstMs + index * DAY_MS));
}

function notSeen({ firstMs, lastMs, gaps, limit, nowMs }: TrailWindow, role: ObservedRole): ActionUse {
  if (gaps.length > 0)
    return { kind: "unknown", because: `the CloudTrail files have a gap: ${someOf(gaps)}` };
  const fromMs = Math.max(firstMs, role.createdAtMs);
  const untilMs = Math.min(nowMs, lastMs + DAY_MS);
  const days = Math.max(0, Math.floor((untilMs - fromMs) / DAY_MS));
  const because = `no call in ${days} days until ${dayOf(lastMs)}, by CloudTrail management events`;
  const isOld = nowMs - lastMs > LATEST_DAYS * DAY_MS;
  const confidence = weakest([confidenceOf(days), limit, ...(isOld ? (["weak"] as const) : [])]);
  return {
    kind: "not-seen",
    days,
    granularity: "action",
    confidence,
    because: isOld ? `${because}, which is not recent` : because,
  };
}
