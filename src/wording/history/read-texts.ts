import type { AuditEvent } from "../../api/events.ts";
import { addressOf, parseKey, targetText } from "../../model/keys/key.ts";
import { someOf } from "../../text/phrases.ts";
import { clockTime, type ScreenClock } from "../time.ts";

/** `account prod on 2026-11-28: 288 complete reads` */
export function controlText(event: AuditEvent): string {
  return `account ${shown(event, "account")} on ${shown(event, "day")}: ${shown(event, "completeReads")} complete reads`;
}

/** `account prod, eu-west-1: no complete read from 02:10Z to 04:10Z: AccessDenied` */
export function readGapText(event: AuditEvent, clock: ScreenClock): string {
  const { regions, since, until, reason } = event;
  const place = [shown(event, "account"), ...(Array.isArray(regions) ? regions.map(String) : [])].join(", ");
  const [from, to] = [since, until].map((at) => (typeof at === "string" ? clockTime(at, clock) : "-"));
  const why = typeof reason === "string" ? `: ${reason}` : "";
  return `account ${place}: no complete read from ${from} to ${to}${why}`;
}

/** `epoch 7 after pid 1 on gk-0, which gave its lease back` */
export function takeoverText(event: AuditEvent): string {
  const { leaseEnd } = event;
  if (leaseEnd === "failover")
    return `epoch ${shown(event, "epoch")} after ${shown(event, "from")}: the database failed over, ${shown(event, "failover")}`;
  const why = leaseEnd === "given-back" ? "which gave its lease back" : "whose lease had ended";
  return `epoch ${shown(event, "epoch")} after ${shown(event, "from")}, ${why}`;
}

/** `entries up to 40 removed by retention, no archive` */
export function removedText(event: AuditEvent): string {
  const { archive } = event;
  const kept = typeof archive === "string" ? `archived in ${archive}` : "no archive";
  return `entries up to ${shown(event, "upTo")} removed by retention, ${kept}`;
}

/** `the loss of entries up to 4410 was accepted, the last entry before it is of 11:02Z: "INC-4410"` */
function restoredText(event: AuditEvent, clock: ScreenClock): string {
  const { lostUpTo, reason, actor, backupAt } = event;
  const at = typeof backupAt === "string" ? clockTime(backupAt, clock) : "-";
  const why = typeof reason === "string" ? `: "${reason}"` : "";
  if (typeof actor === "string")
    return `the loss of entries up to ${shown(event, "lostUpTo")} was accepted, the last entry before it is of ${at}${why}`;
  const lost = typeof lostUpTo === "number" ? `, entries up to ${lostUpTo} were lost` : "";
  return `from the backup of ${at}${lost}${why}`;
}

const accountText = (event: AuditEvent): string =>
  `account ${shown(event, "account")} (${shown(event, "accountId")})`;

/** `orders/orders-api@prod/eu-west-1, and 2 more: to be read and compared again`; the entry names at most 100. */
function reconcileText(event: AuditEvent, { accounts }: OperationContext): string {
  const names = (field: string): readonly string[] | null =>
    Array.isArray(event[field]) ? event[field].map(String) : null;
  const keys = names("keys")?.map((text) => {
    const key = parseKey(text);
    return key === undefined ? text : targetText(addressOf(key, accounts));
  });
  const namespaces = names("namespaces");
  const many =
    namespaces === null ? "everything" : `more than 100 objects of namespace ${someOf(namespaces)}`;
  return `${keys === null || keys === undefined ? many : someOf(keys)}: to be read and compared again`;
}

interface OperationContext extends ScreenClock {
  /** By account id. */
  readonly accounts: ReadonlyMap<string, string>;
}

const OPERATION_TEXTS: Readonly<Record<string, (event: AuditEvent, context: OperationContext) => string>> = {
  "reconcile-requested": reconcileText,
  restored: restoredText,
  "account-found": (event) => `${accountText(event)} by AccountSet ${shown(event, "set")}`,
  "account-left": (event) =>
    `${accountText(event)}: no longer in the organization, or not selected by AccountSet ${shown(event, "set")}`,
  "account-removed": (event) => `${accountText(event)}: no longer declared in Git, nothing in it was changed`,
};

/** The message of an entry about the operation of Grantkeeper; "" if the kind is not in this version. */
export function operationText(event: AuditEvent, context: OperationContext): string {
  return OPERATION_TEXTS[event.kind]?.(event, context) ?? "";
}

/** Entries come from the record of any version. */
function shown(event: AuditEvent, field: string): string {
  const value = event[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : "-";
}
