import type { Attribution } from "../../../src/model/changes/attribution.ts";

const actor = {
  kind: "role-session",
  role: "AWSReservedSSO_Admin",
  roleArn: null,
  service: null,
  accountId: null,
  sourceAddress: "203.0.113.7",
  accessKeyId: null,
  usedMfa: null,
} as const;

const attached = (name: string, eventId: string) => ({
  eventId,
  at: "2026-11-25T06:32:07.000Z",
  call: "iam:AttachRolePolicy",
  aspect: { kind: "attached", arn: "arn:aws:iam::aws:policy/AdministratorAccess" } as const,
  actor: { ...actor, name },
});

export const BY_ALICE: Attribution = { kind: "named", change: attached("alice@example.com", "e1") };
export const BY_ALICE_OR_BOB: Attribution = {
  kind: "candidates",
  changes: [attached("alice@example.com", "e1"), attached("bob@example.com", "e2")],
};
export const BY_NO_ONE: Attribution = {
  kind: "unknown",
  reason: "the queue of change events cannot be read",
};

export const ATTACHED = "+ AdministratorAccess attached to its role";
/** As a screen of the same day shows it. */
export const ALICE_TEXT =
  "alice@example.com via AWSReservedSSO_Admin from 203.0.113.7 attached AdministratorAccess at 06:32:07Z (event e1)";
