import type { HoldChange, HoldObject } from "../../../src/api/overview.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { parseDigest } from "../../../src/model/values/digest.ts";
import { parseKey } from "../../../src/model/keys/key.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { ORIGIN } from "../../support/pass/bindings.ts";
import { rowTexts, type RowTexts } from "../../support/policies/delta-rows.ts";

export const NOW_MS = Date.parse("2026-09-30T11:32:00.000Z");

const SUBJECT = checked(parseDigest(`sha256:${"7f3a91c2".padEnd(64, "0")}`));

export const API = checked(parseKey("function/333333333333/eu-west-1/orders/orders-api"));

export const WORKER = checked(parseKey("function/333333333333/eu-west-1/orders/orders-worker"));

export const CONTEXT = {
  nowMs: NOW_MS,
  accounts: new Map([["333333333333", "staging"]]),
  revision: "main@9c1d04e",
  fix: null,
};

const ROLE = "arn:aws:iam::333333333333:role/grantkeeper";

export function row(change: Partial<RowTexts> = {}): RowTexts {
  return rowTexts({
    action: "dynamodb:GetItem",
    resource: "arn:aws:dynamodb:eu-west-1:333333333333:table/customers",
    from: "inline grantkeeper",
    sid: "DynamodbRead1a2b3c4d",
    ...change,
  });
}

export const GRANT: HoldChange = {
  key: API,
  risk: "low",
  canBreak: false,
  delta: {
    ...NO_DELTA,
    allowed: [row({ origin: ORIGIN }), row({ origin: ORIGIN, action: "dynamodb:Query" })],
  },
  calls: [{ call: "iam:PutRolePolicy", target: `${ROLE}/orders-api-eu-west-1`, risk: "low" }],
};

export const REVOKE: HoldChange = {
  key: WORKER,
  risk: "high",
  canBreak: true,
  delta: {
    ...NO_DELTA,
    noLongerAllowed: [row({ action: "sqs:PurgeQueue", resource: "*", from: "inline debug-2025", sid: null })],
  },
  calls: [{ call: "iam:DeleteRolePolicy", target: `${ROLE}/orders-worker-eu-west-1`, risk: "high" }],
};

export function hold(change: Partial<HoldObject["status"]> = {}): HoldObject {
  const status: HoldObject["status"] = {
    subject: SUBJECT,
    code: "first-enforcing-pass",
    reason: "first enforcing run",
    account: "staging",
    keys: [API, WORKER],
    bindings: 2,
    calls: 2,
    risk: "high",
    since: "2026-09-30T08:32:00.000Z",
    group: null,
    authors: [],
    rejected: null,
    approvable: true,
    changes: [GRANT, REVOKE],
    ...change,
  };
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Hold",
    metadata: { name: SUBJECT.slice("sha256:".length) },
    status,
  };
}
