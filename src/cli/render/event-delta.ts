import type { AuditEvent } from "../../api/events.ts";
import { shortList } from "../../iam/match/reach.ts";
import { isObject } from "../../iam/text.ts";
import { grantOfRow, shortArn } from "../../plan/render/words.ts";

const SHOWN = 2;

/** `+ dynamodb read table/orders - sqs:SendMessage queue/x`: what writes gave and took; "" for none and for old entries. */
export function eventsDelta(events: readonly AuditEvent[]): string {
  const given = rowsOf(events, "allowed");
  const taken = rowsOf(events, "noLongerAllowed");
  return [sideText("+", given), sideText("-", taken)].filter((text) => text !== "").join(" ");
}

function sideText(mark: string, rows: readonly string[]): string {
  const distinct = [...new Set(rows)];
  if (distinct.length === 0) return "";
  const more = distinct.length - SHOWN;
  return `${mark} ${[...distinct.slice(0, SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(", ")}`;
}

/** Entries come from the record of any version: what has not the shape of a delta is none. */
function rowsOf(events: readonly AuditEvent[], side: "allowed" | "noLongerAllowed"): readonly string[] {
  return events.flatMap(({ delta }) => {
    const rows = isObject(delta) ? delta[side] : undefined;
    return Array.isArray(rows) ? rows.filter(isObject).map(rowText) : [];
  });
}

/** A grant by its name, if Git declared the statement with this content; anything else by its action. */
function rowText(row: Readonly<Record<string, unknown>>): string {
  const text = (name: string): string => {
    const value = row[name];
    return typeof value === "string" ? value : "";
  };
  const origin = isObject(row["origin"]) ? row["origin"] : null;
  const what = grantOfRow({ sid: text("sid"), from: text("from"), origin }) ?? shortList(text("action"));
  const resource = shortArn(shortList(text("resource"))).replace(/\/index\/\*$/, "");
  return `${text("effect") === "Deny" ? "Deny " : ""}${what} ${resource}`.trimEnd();
}
