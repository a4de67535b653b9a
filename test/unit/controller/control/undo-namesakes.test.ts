import { expect, test } from "@jest/globals";
import type { AuditEntry } from "../../../../src/audit/entry.ts";
import { isSharedUndo } from "../../../../src/controller/control/pending-approvals.ts";
import type { AuditLog } from "../../../../src/controller/ports/audit-log.ts";
import type { Digest } from "../../../../src/model/values/digest.ts";

const digest = (digits: string): Digest => `sha256:${digits.padEnd(64, "0")}` as Digest;
const SUBJECT = digest("7f3a91c2d4");
const SAME_DIGITS = digest("7f3a91c2ff");

function auditOf(...entries: readonly Partial<AuditEntry>[]): AuditLog {
  const read = async function* ({ kind }: { readonly kind?: string }) {
    yield* await Promise.resolve(entries.filter((entry) => entry.kind === kind));
  };
  return { entries: read } as unknown as AuditLog;
}

test.each([
  { kind: "adoption-undo-ordered", subject: SAME_DIGITS, is: true, because: "another undo was ordered" },
  { kind: "plan-held", subject: SAME_DIGITS, is: true, because: "another plan was pending" },
  { kind: "adoption-undo-ordered", subject: SUBJECT, is: false, because: "it is the same undo" },
  { kind: "adoption-undo-ordered", subject: digest("aa"), is: false, because: "the digits are others" },
  { kind: "revision-held", subject: SAME_DIGITS, is: false, because: "no plan has this digest" },
] as const)("the digits 7f3a91c2 of an undo are shared: $is, because $because", async (row) => {
  const { kind, subject, is } = row;
  const entry = { kind, subject, revision: "main@sha1:0" } as Partial<AuditEntry>;

  expect(await isSharedUndo(auditOf(entry), SUBJECT, "7f3a91c2")).toBe(is);
});

test("the complete digest of an undo names no other", async () => {
  const other = { kind: "adoption-undo-ordered", subject: SAME_DIGITS } as const;

  expect(await isSharedUndo(auditOf(other), SUBJECT, SUBJECT)).toBe(false);
});
