import type { WriteCall } from "../../model/writes/write-calls.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";
import type { DiffContext } from "./context.ts";

type SeenField = Pick<Drift, "subject" | "change" | "live" | "desired">;

/** The calls that write the changed field; none for a field that Grantkeeper never writes. */
const CALLS: Readonly<Partial<Record<DriftChange["kind"], readonly WriteCall[]>>> = {
  "role-missing": ["iam:CreateRole"],
  "ownership-tag": ["iam:TagRole", "iam:UntagRole"],
  "not-released": ["iam:UntagRole"],
  trust: ["iam:UpdateAssumeRolePolicy"],
  boundary: ["iam:PutRolePermissionsBoundary"],
  inline: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
  "inline-extra": ["iam:DeleteRolePolicy"],
  "attachment-missing": ["iam:AttachRolePolicy"],
  "attachment-extra": ["iam:DetachRolePolicy"],
  description: ["iam:UpdateRole"],
  "max-session-duration": ["iam:UpdateRole"],
  "tag-missing": ["iam:TagRole", "iam:UntagRole"],
  "tag-different": ["iam:TagRole", "iam:UntagRole"],
  "tag-extra": ["iam:TagRole", "iam:UntagRole"],
  "statement-missing": ["lambda:AddPermission"],
  "statement-extra": ["lambda:RemovePermission"],
  "former-statement": ["lambda:RemovePermission"],
  "function-role": ["lambda:UpdateFunctionConfiguration"],
  "policy-missing": ["iam:CreatePolicy"],
  "policy-document": ["iam:SetDefaultPolicyVersion"],
  "policy-tag": ["iam:TagPolicy", "iam:UntagPolicy"],
};

export function callsThatWrite({ kind }: DriftChange): readonly WriteCall[] {
  return CALLS[kind] ?? [];
}

/** They set every field of an object. */
export const WRITES_OF_OBJECTS: ReadonlySet<WriteCall> = new Set([
  "iam:CreateRole",
  "iam:DeleteRole",
  "iam:CreatePolicy",
  "iam:DeletePolicy",
]);

/** Members of a set: the text of a write identifies the missing member. */
const IN_A_SET: ReadonlySet<DriftChange["kind"]> = new Set(["attachment-missing", "statement-missing"]);

/** True if AWS still shows the value from before our own recent write, because its reads are eventually consistent. */
export function isStaleRead(seen: SeenField, context: DiffContext): boolean {
  const writes = writesNotSeenYet(seen, context);
  if (writes.length === 0) return false;
  const before = seen.live === null ? null : sha256Hex(seen.live);
  const after = IN_A_SET.has(seen.change.kind) ? sha256Hex(seen.desired ?? "") : undefined;
  return writes.some(
    (write) => write.beforeHash === before && (after === undefined || write.afterHash === after),
  );
}

function writesNotSeenYet(
  seen: SeenField,
  { writes, nowMs, staleReadMs }: DiffContext,
): readonly PastWrite[] {
  const calls = callsThatWrite(seen.change);
  if (calls.length === 0) return [];
  return (writes.byTarget.get(seen.subject) ?? []).filter(
    (write) => nowMs - write.atMs < staleReadMs && calls.includes(write.call),
  );
}
