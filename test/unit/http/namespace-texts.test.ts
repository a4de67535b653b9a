import { describe, expect, test } from "@jest/globals";
import type { Access } from "../../../src/http/access/access.ts";
import { accessOf } from "../../support/screens/access.ts";
import { shownWhy } from "../../../src/http/present/questions.ts";
import type { Reader } from "../../../src/http/request/reader.ts";
import { scrubFor } from "../../../src/http/access/redaction.ts";
import type { FoundStatement, NearMiss } from "../../../src/model/answers/decision.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { AccessAnswer, ProposedLines, WhyAnswer } from "../../../src/model/answers/why.ts";

const FOREIGN = "payments";

function reader(namespaces: Access["namespaces"]): Reader {
  const access = accessOf("ci", namespaces);
  const scrub = scrubFor(access, ["orders", FOREIGN], "teams");
  return { access, scrub, tenantPath: "teams", nowMs: 0 } as unknown as Reader;
}

const LIMITED = reader(new Set(["orders"]));
const PAYMENTS_TABLE = "arn:aws:dynamodb:eu-west-1:1:table/payments";
const origin = (file: string) => ({ file, line: 1, column: 1, path: "" });

/** A statement of another team's policy: every text of it names the team. */
const foreign: FoundStatement = {
  layer: "identity",
  from: "arn:aws:iam::1:policy/grantkeeper/gk_payments_data",
  sid: "payments",
  origin: origin("teams/payments/data.yaml"),
  source: { Effect: "Allow", Principal: "payments", Action: "payments:*", Resource: PAYMENTS_TABLE },
};
/** A statement that was added in AWS has no place in Git. */
const undeclared: FoundStatement = { ...foreign, origin: null };
const own: FoundStatement = { ...foreign, origin: origin("teams/orders/a.yaml") };

const failed: NearMiss["failed"] = [
  { kind: "action", wanted: { negated: false, values: ["payments:x"] }, found: "payments" },
  { kind: "principal", wanted: { negated: false, values: [FOREIGN] }, found: [FOREIGN] },
  {
    kind: "resource",
    wanted: { negated: false, values: [PAYMENTS_TABLE] },
    found: PAYMENTS_TABLE,
    emptyVariables: [FOREIGN],
  },
  {
    kind: "condition",
    operator: "StringEquals",
    key: "aws:PrincipalTag/payments",
    wanted: [FOREIGN],
    found: [FOREIGN],
    emptyVariables: [FOREIGN],
  },
];
const near = (statement: FoundStatement): NearMiss => ({ statement, failed });

const ANSWERS: readonly { readonly name: string; readonly answer: AccessAnswer }[] = [
  { name: "allowed", answer: { kind: "allowed", by: [foreign, undeclared] } },
  { name: "denied by a statement", answer: { kind: "denied", cause: "explicit", by: foreign } },
  { name: "denied by an undeclared one", answer: { kind: "denied", cause: "explicit", by: undeclared } },
  {
    name: "not allowed",
    answer: { kind: "denied", cause: "implicit", layer: "boundary", nearest: near(foreign) },
  },
  {
    name: "unknown",
    answer: { kind: "unknown", reason: "payments/x decides", nearest: near(undeclared), grantHelps: true },
  },
];

const finding: Finding = {
  rule: "SHR-001",
  severity: "error",
  why: "payments/x runs on the role too",
  fix: "ask payments",
  evidence: "payments",
  origin: origin("teams/payments/x.yaml"),
} as unknown as Finding;

function proposedFix(answer: AccessAnswer): ProposedLines {
  return {
    kind: "add-grant",
    ...origin("teams/orders/a.yaml"),
    what: "write below this grant",
    lines: ["- sqs: {queue: jobs, allow: [send]}"],
    edit: null,
    grant: "sqs",
    verb: "send",
    answer,
    guard: { verdict: "refused", findings: [finding], before: [finding] },
    access: { permissions: 1, risks: [] },
    also: [],
    notes: [],
  };
}

function answerWith(answer: AccessAnswer, change: Partial<WhyAnswer> = {}): WhyAnswer {
  const failing = { since: "2026-01-01T00:00:00Z", reason: "denied while it read payments/x" };
  return {
    answer: answer.kind,
    target: "orders/a@prod/eu-west-1",
    key: "function/111122223333/eu-west-1/orders/a" as WhyAnswer["key"],
    function: "a",
    role: "arn:aws:iam::1:role/grantkeeper/a-eu-west-1",
    boundary: null,
    action: "sqs:SendMessage",
    resource: "*",
    context: {},
    askedAt: "2026-01-01T00:00:00Z",
    reported: null,
    git: answer,
    live: { ...answer, role: null, readAt: null, failing },
    fix: proposedFix(answer),
    notes: ["payments/x was read 5m ago"],
    ...change,
  };
}

describe("an answer of why for a token with namespaces", () => {
  test.each(ANSWERS)("names no other namespace in any field: $name", ({ answer }) => {
    const shown = JSON.stringify(shownWhy(answerWith(answer), LIMITED));

    expect(shown).not.toContain(FOREIGN);
    expect(shown).toContain("(another namespace)");
  });

  test.each(ANSWERS)("is not changed for a token of all namespaces: $name", ({ answer }) => {
    const asked = answerWith(answer);

    expect(shownWhy(asked, reader("all"))).toBe(asked);
  });

  test("shows a statement of the token's own manifest unchanged", () => {
    const { git } = shownWhy(answerWith({ kind: "allowed", by: [own] }, { fix: null }), LIMITED);

    expect(git).toEqual({ kind: "allowed", by: [own] });
  });

  test("needs no redaction without a live answer, a statement or a line", () => {
    const answer = { kind: "denied", cause: "implicit", layer: "identity", nearest: null } as const;
    const shown = shownWhy(answerWith(answer, { live: null, fix: null, notes: [] }), LIMITED);

    expect(shown).toMatchObject({ git: answer, live: null, fix: null, notes: [] });
  });
});
