import type { AuditEvent } from "../../api/events.ts";
import { readCondition, readNames, shortNames, readDocumentName } from "../../iam/row-text.ts";
import { statementChanges } from "../../model/delta.ts";
import { isObject } from "../../text/json-values.ts";
import { grantOfRow, namedResources, policyName, shortArn } from "../../plan/render/words.ts";

const SHOWN = 2;

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
  const { added, removed } = statementChanges({
    allowed: rowsOf(events, "allowed"),
    noLongerAllowed: rowsOf(events, "noLongerAllowed"),
  });
  return [sideText("+", added.map(rowText)), sideText("-", removed.map(rowText))]
    .filter((text) => text !== "")
    .join(" ");
}

type Row = Readonly<Record<string, unknown>>;

function sideText(mark: string, rows: readonly string[]): string {
  const distinct = [...new Set(rows)];
  if (distinct.length === 0) return "";
  const more = distinct.length - SHOWN;
  return `${mark} ${[...distinct.slice(0, SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(", ")}`;
}

/** Entries come from the record of any version: what has not the shape of a delta is none. */
function rowsOf(events: readonly AuditEvent[], side: "allowed" | "noLongerAllowed"): readonly Row[] {
  return events.flatMap((event) => {
    const { delta } = event;
    const rows = isObject(delta) ? delta[side] : undefined;
    const found = Array.isArray(rows) ? rows.filter(isObject) : [];
    return hasProvedOrigins(event) ? found : found.map((row) => ({ ...row, origin: null }));
  });
}

/**
 * Entries from before these fields took the origin of a statement from its Sid, which anyone who can write a policy
 * chooses: it does not prove that the statement is the declared one.
 */
function hasProvedOrigins(event: AuditEvent): boolean {
  return event["cause"] !== undefined || event["changes"] !== undefined;
}

/** A grant by its name, if Git declared the statement with this content; anything else by its action. */
function rowText(row: Row): string {
  const text = (name: string): string => {
    const value = row[name];
    return typeof value === "string" ? value : "";
  };
  const origin = isObject(row["origin"]) ? row["origin"] : null;
  const what =
    grantOfRow({ sid: text("sid"), from: readDocumentName(text("from")), origin }) ??
    shortNames(readNames(text("action")));
  const named = namedResources({
    resource: readNames(text("resource")),
    condition: readCondition(text("condition")),
  });
  const resource = shortArn(shortNames(named)).replace(/\/index\/\*$/, "");
  return `${text("effect") === "Deny" ? "Deny " : ""}${what} ${resource}`.trimEnd();
}
