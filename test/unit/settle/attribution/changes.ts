import type { AccountId, Region } from "../../../../src/model/aws/ids.ts";
import type { Drift, DriftChange } from "../../../../src/model/drift.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type {
  Actor,
  ChangedAspect,
  ChangeEvent,
  ChangeRecord,
} from "../../../../src/model/changes/change-event.ts";
import { driftOf } from "../../../support/pass/passes.ts";

export const ROLE = "arn:aws:iam::111122223333:role/grantkeeper/orders";
export const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
export const SECOND = Date.parse("2026-11-28T10:32:00.000Z");

export const ALICE: Actor = {
  kind: "role-session",
  name: "alice@example.com",
  role: "AWSReservedSSO_Admin",
  roleArn: null,
  service: null,
  accountId: null,
  sourceAddress: "203.0.113.7",
  accessKeyId: null,
  usedMfa: true,
};

/** @param second after 10:32:00 */
export function changed(
  second: number,
  aspect: ChangedAspect,
  event: Partial<ChangeEvent> = {},
): ChangeRecord {
  const atMs = SECOND + second * 1_000;
  return {
    event: {
      id: `e${second}`,
      accountId: "111122223333" as AccountId,
      region: "us-east-1" as Region,
      atMs,
      call: "iam:AttachRolePolicy",
      object: { kind: "role", name: "orders" },
      aspect,
      actor: ALICE,
      requestId: null,
      intent: null,
      ...event,
    },
    receivedMs: atMs + 2_000,
  };
}

export function drifted(change: DriftChange, more: Partial<Drift> = {}): Drift {
  const key = "function/111122223333/eu-west-1/orders/orders" as Key;
  return driftOf({ key, subject: ROLE, change, live: null, desired: null, ...more });
}
