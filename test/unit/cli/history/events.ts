import type { AuditEvent } from "../../../../src/api/events.ts";
import type { Json } from "../../../../src/model/values/json.ts";

const NOW = Date.parse("2026-09-30T12:00:00.000Z");

export const CONTEXT = { accounts: new Map([["222222222222", "prod"]]), nowMs: NOW };

export const KEY = "function/222222222222/eu-west-1/orders/orders-api";

export const TARGET = "orders/orders-api@prod/eu-west-1";

export function event(seq: number, kind: string, fields: Readonly<Record<string, Json>> = {}): AuditEvent {
  return { seq, at: "2026-09-30T11:51:00.000Z", kind, ...fields };
}

export const write = event(7, "write-intended", {
  key: KEY,
  call: "iam:PutRolePolicy",
  target: "arn:aws:iam::222222222222:role/grantkeeper/orders-api-eu-west-1",
  revision: `main@sha1:${"9c1d04e".padEnd(40, "0")}`,
});

export const SHOWN = { nowMs: NOW, unverifiedFrom: null };
