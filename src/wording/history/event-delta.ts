import type { AuditEvent } from "../../api/events.ts";
import { readDelta } from "../../iam/row-text.ts";
import type { Delta, RecordedDeltaRow } from "../../model/delta.ts";
import type { DriftChange } from "../../model/drift.ts";
import { parseKey } from "../../model/keys/key.ts";
import type { Origin } from "../../model/values/origin.ts";
import { isObject } from "../../text/json-values.ts";
import {
  permissionChanges,
  shortChanges,
  shortChangeText,
  type PermissionChange,
} from "../../plan/render/permission-changes.ts";
import { homeOf, policyName } from "../../plan/render/words.ts";

/** What writes attached or removed by its name, and what they changed otherwise by its permissions. */
export function writesText(writes: readonly AuditEvent[]): string {
  const named = writes.flatMap((write) => nameOf(write) ?? []);
  const rest = eventsDelta(writes.filter((write) => nameOf(write) === null));
  return [...new Set(named), ...(rest === "" ? [] : [rest])].join(" ");
}

function nameOf({ call, input }: AuditEvent): string | null {
  const field = (name: string): string => {
    const value = isObject(input) ? input[name] : undefined;
    return typeof value === "string" ? value : "";
  };
  if (call === "iam:AttachRolePolicy") return `+ policy "${policyName(field("PolicyArn"))}"`;
  if (call === "iam:DetachRolePolicy") return `- policy "${policyName(field("PolicyArn"))}"`;
  if (call === "iam:DeleteRolePolicy") return `- policy "${field("PolicyName")}"`;
  if (call === "lambda:RemovePermission") return `- statement "${field("StatementId")}"`;
  return null;
}

/** `+ dynamodb read table/orders - sqs:SendMessage queue/x`: what was granted and revoked; "" for none and for old entries. */
export function eventsDelta(events: readonly AuditEvent[]): string {
  const changes = events.flatMap((event) => {
    const { key } = event;
    const known = typeof key === "string" ? parseKey(key) : undefined;
    return known === undefined ? [] : permissionChanges(deltaOf(event), homeOf(known));
  });
  return (["+", "-", "~"] as const)
    .map((side) => [side, changes.filter(({ sign }) => sign === side)] as const)
    .flatMap(([side, some]) => (some.length === 0 ? [] : [`${side} ${shortChanges(some.map(changeText))}`]))
    .join(" ");
}

/** A boundary grants nothing itself: a change of what it limits is not shown as a change of permissions. */
function changeText(change: PermissionChange): string {
  const limit = change.place === "boundary" ? change.place : "";
  const note = change.remark === "" ? limit : change.remark;
  return note === "" ? shortChangeText(change) : `${shortChangeText(change)} (${note})`;
}

/** Entries come from the record of any version: what has not the shape of a delta is none. */
function deltaOf(event: AuditEvent): Delta {
  const rowsOf = (side: "allowed" | "noLongerAllowed"): readonly RecordedDeltaRow[] => {
    const rows = isObject(event["delta"]) ? event["delta"][side] : undefined;
    const found = Array.isArray(rows) ? rows.filter(isObject) : [];
    return found.map((row) => rowOf(row, hasProvedOrigins(event)));
  };
  return readDelta({
    allowed: rowsOf("allowed"),
    noLongerAllowed: rowsOf("noLongerAllowed"),
    unknownEffect: [],
  });
}

/**
 * Entries from before these fields took the origin of a statement from its Sid, which anyone who can write a policy
 * chooses: it does not prove that the statement is the declared one.
 */
function hasProvedOrigins(event: AuditEvent): boolean {
  return event["cause"] !== undefined || event["changes"] !== undefined;
}

function rowOf(row: Readonly<Record<string, unknown>>, hasOrigin: boolean): RecordedDeltaRow {
  const textOf = (name: string): string | null => {
    const value = row[name];
    return typeof value === "string" ? value : null;
  };
  return {
    effect: row["effect"] === "Deny" ? "Deny" : "Allow",
    principal: textOf("principal"),
    action: textOf("action") ?? "",
    resource: textOf("resource") ?? "",
    condition: textOf("condition") ?? "",
    from: textOf("from") ?? "",
    sid: textOf("sid"),
    origin: hasOrigin && isObject(row["origin"]) ? (row["origin"] as unknown as Origin) : null,
    certainty: "proved",
    risk: "none",
    otherCondition: null,
    limit: limitOf(row["limit"]),
  };
}

/** null, too, for what has not the shape of a limit. */
function limitOf(limit: unknown): RecordedDeltaRow["limit"] {
  if (!isObject(limit)) return null;
  const { kind, from, sid } = limit;
  if ((kind !== "boundary" && kind !== "denial") || typeof from !== "string") return null;
  return { kind, from, sid: typeof sid === "string" ? sid : null };
}

const OF_AWS: ReadonlySet<unknown> = new Set<DriftChange["kind"]>(["upstream-changed", "actions-grown"]);

/** An entry has no cause: if nothing was applied before it, Git may have made the difference. */
export function differenceOrigin({ fields }: AuditEvent): "in AWS" | "differs from Git" {
  const isOfAws = Array.isArray(fields) && fields.length > 0 && fields.every((field) => OF_AWS.has(field));
  return isOfAws ? "in AWS" : "differs from Git";
}
