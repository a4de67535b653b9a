import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { parseDigest, type Digest } from "../../../src/model/values/digest.ts";
import { parseAccountId, type AccountId } from "../../../src/model/aws/ids.ts";
import { parseKey, type Key } from "../../../src/model/keys/key.ts";
import { parseRevision, type Revision } from "../../../src/model/values/revision.ts";

export type Intent = Extract<AuditFact, { readonly kind: "write-intended" }>;
export type Finish = Extract<AuditFact, { readonly kind: "write-finished" }>;

export const KEY = checked<Key>(parseKey("function/111122223333/eu-west-1/orders/orders-api"));
export const OTHER_KEY = checked<Key>(parseKey("policy/444455556666/platform/audit-read"));
export const ACCOUNT = checked<AccountId>(parseAccountId("111122223333"));
export const OTHER_ACCOUNT = checked<AccountId>(parseAccountId("444455556666"));
export const REVISION = checked<Revision>(parseRevision(`main@sha1:${"a".repeat(40)}`));
export const DIGEST = checked<Digest>(parseDigest(`sha256:${"b".repeat(64)}`));

/** A short entry that differs from others by its number. */
export function refusal(number: number): AuditFact {
  return {
    kind: "request-refused",
    actor: `token-${number}`,
    method: "POST",
    path: "/v1/suspensions",
    status: 403,
    reason: "the scope suspend is missing",
  };
}

export function intent(change: Partial<Intent> = {}): Intent {
  return {
    kind: "write-intended",
    pass: "p1",
    key: KEY,
    revision: REVISION,
    planDigest: DIGEST,
    call: "iam:PutRolePolicy",
    step: 6,
    target: "arn:aws:iam::111122223333:role/grantkeeper/orders-api-eu-west-1",
    input: { RoleName: "orders-api-eu-west-1", PolicyName: "grantkeeper", PolicyDocument: "{}" },
    before: null,
    after: "{}",
    risk: "low",
    delta: NO_DELTA,
    cause: "revision",
    ...change,
  };
}

export function finish(of: AuditEntry, outcome: Finish["outcome"]): Finish {
  if (of.kind !== "write-intended") throw new Error(`entry ${of.seq} is no intent`);
  return { kind: "write-finished", intent: of.seq, key: of.key, requestId: "r1", outcome, error: null };
}

export function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a constant of the tests does not parse");
  return value;
}
