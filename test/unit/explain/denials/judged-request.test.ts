import { describe, expect, test } from "@jest/globals";
import { judgedRequest, whoLifts } from "../../../../src/explain/denials/judged-request.ts";
import type { ReportedDenial } from "../../../../src/model/denials/reported-denial.ts";
import type { AccessAnswer, ProposedLines, WhyAnswer } from "../../../../src/model/answers/why.ts";
import type { Denial, FoundStatement } from "../../../../src/model/answers/decision.ts";
import type { Finding } from "../../../../src/model/finding.ts";
import { KEY } from "../../../support/pass/passes.ts";
import { reported } from "./calls.ts";

const statement = (change: Partial<FoundStatement> = {}) =>
  ({ from: "inline", layer: "identity", origin: null, ...change }) as FoundStatement;
const ALLOWED: AccessAnswer = { kind: "allowed", by: [] };
const implicit = (layer: Denial["cause"] extends never ? never : "identity" | "boundary"): AccessAnswer => ({
  kind: "denied",
  cause: "implicit",
  layer,
  nearest: null,
});
const explicit = (change: Partial<FoundStatement> = {}): AccessAnswer => ({
  kind: "denied",
  cause: "explicit",
  by: statement(change),
});
const unknown: AccessAnswer = {
  kind: "unknown",
  reason: "it was not read",
  nearest: null,
  grantHelps: false,
};
const BREACH = { rule: "RES-001", why: "the resource is open" } as Finding;

function lines(change: Partial<ProposedLines> = {}): ProposedLines {
  return {
    kind: "add-grant",
    file: "teams/orders/a.yaml",
    line: 3,
    column: 5,
    path: "spec",
    what: "write in spec",
    lines: [],
    edit: { kind: "append", path: ["spec", "grants"], value: {} },
    grant: "dynamodb",
    verb: "query",
    answer: ALLOWED,
    guard: { verdict: "passes", findings: [], before: [] },
    access: { permissions: 1, risks: [] },
    also: [],
    notes: [],
    ...change,
  };
}

const NOTHING_ELSE = { otherOwner: () => null, isDeniedIn: () => true };

function answer(change: Partial<WhyAnswer> = {}): WhyAnswer {
  return {
    answer: "denied",
    target: "orders/a@prod/eu-west-1",
    key: KEY,
    function: "a",
    role: "arn:aws:iam::111122223333:role/a",
    boundary: "arn:aws:iam::111122223333:policy/b",
    action: "dynamodb:GetItem",
    resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/refunds",
    context: {},
    askedAt: "2026-11-28T10:00:00Z",
    reported: null,
    git: implicit("identity"),
    live: null,
    fix: lines(),
    notes: [],
    ...change,
  };
}

interface JudgedCase {
  readonly because: string;
  readonly denial?: Partial<ReportedDenial>;
  readonly why?: Partial<WhyAnswer>;
  readonly verdict: string;
  readonly text: string;
}

const OUTSIDE: readonly JudgedCase[] = [
  {
    because: "a service control policy does not allow it",
    denial: { deniedBy: "service control policy" },
    verdict: "outside",
    text: "no service control policy allows it: no manifest changes that, ask its owner",
  },
  {
    because: "the policy of an endpoint denies it",
    denial: { deniedBy: "VPC endpoint policy", how: "explicit", policy: "arn:p" },
    verdict: "outside",
    text: "an explicit deny in the VPC endpoint policy arn:p: no manifest changes that, ask its owner",
  },
  {
    because: "a Deny that no manifest declares denies it",
    denial: { how: "explicit" },
    verdict: "outside",
    text: "an explicit deny in the identity policy: no manifest changes that, ask its owner",
  },
  {
    because: "a Deny of an unnamed policy denies it",
    denial: { how: "explicit", deniedBy: "unknown" },
    verdict: "outside",
    text: "an explicit deny in the policy: no manifest changes that, ask its owner",
  },
];

const BOUNDARY = "does not allow it: the platform team changes it";
const OF_THE_ROLE: readonly JudgedCase[] = [
  {
    because: "AWS named the boundary",
    denial: { deniedBy: "permissions boundary" },
    why: { boundary: null },
    verdict: "boundary",
    text: `the boundary of the role in AWS ${BOUNDARY}`,
  },
  {
    because: "the declared boundary forbids it",
    why: { git: explicit({ layer: "boundary" }), fix: null },
    verdict: "boundary",
    text: `the boundary arn:aws:iam::111122223333:policy/b ${BOUNDARY}`,
  },
  {
    because: "the declared boundary forbids it with the lines too",
    why: { fix: lines({ answer: implicit("boundary") }) },
    verdict: "boundary",
    text: `the boundary arn:aws:iam::111122223333:policy/b ${BOUNDARY}`,
  },
  {
    because: "a Deny of the manifest denies it",
    denial: { how: "explicit" },
    why: { git: explicit({ origin: { file: "a.yaml", line: 4, column: 2, path: "spec" } }) },
    verdict: "by-hand",
    text: "a declared Deny at a.yaml:4:2 overrides every grant",
  },
  {
    because: "a Deny without a place denies it",
    why: { git: explicit() },
    verdict: "by-hand",
    text: "a declared Deny overrides every grant",
  },
];

const NOW: readonly JudgedCase[] = [
  {
    because: "the manifest allows it by now",
    why: { git: ALLOWED },
    verdict: "allowed",
    text: "the manifest allows it now",
  },
  {
    because: "AWS does not have the permission yet",
    why: { git: ALLOWED, live: { ...implicit("identity"), role: null, readAt: null, failing: null } },
    verdict: "allowed",
    text: "the manifest allows it, and it is not in effect in AWS",
  },
  {
    because: "an object may not exist",
    denial: { action: "s3:GetObject", resource: "arn:aws:s3:::in/1" },
    why: { git: ALLOWED },
    verdict: "allowed",
    text: "the manifest allows it; without the list permission, S3 also denies reads of objects that do not exist",
  },
];

const WITH_LINES: readonly JudgedCase[] = [
  { because: "lines allow it", verdict: "suggested", text: "the lines allow it" },
  {
    because: "a policy of another account has to allow it too",
    why: { fix: lines({ answer: unknown }) },
    verdict: "suggested",
    text: "the lines are needed, and may not be enough: it was not read",
  },
  {
    because: "the name of a secret has an unknown end",
    why: { resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-??????" },
    verdict: "suggested",
    text: "the lines allow it",
  },
  {
    because: "it takes no resource",
    why: { resource: "*" },
    verdict: "suggested",
    text: "the lines allow it",
  },
  {
    because: "a rule refuses the lines",
    why: { fix: lines({ guard: { verdict: "refused", findings: [BREACH], before: [] } }) },
    verdict: "refused",
    text: "RES-001 refuses the lines: the resource is open",
  },
  {
    because: "the lines are of use to an attacker",
    why: { fix: lines({ access: { permissions: 1, risks: ["escalation", "tamper"] } }) },
    verdict: "risky",
    text: "what the lines allow has a risk: escalation: by the lists of review; tamper: by the lists of review",
  },
  {
    because: "a person has to choose a date",
    why: { fix: lines({ edit: null, what: "this date has passed" }) },
    verdict: "by-hand",
    text: "this date has passed",
  },
  ...["arn:aws:s3:::in/*", "arn:aws:s3:::in/a?b", "arn:aws:s3:::in/${aws:username}"].map((resource) => ({
    because: `the function called ${resource}`,
    why: { resource },
    verdict: "by-hand",
    text: "its name has *, ? or ${, which would be a pattern in a policy",
  })),
  {
    because: "the function listed a pattern",
    why: { context: { "s3:prefix": ["a/*"] } },
    verdict: "by-hand",
    text: "its name has *, ? or ${, which would be a pattern in a policy",
  },
  {
    because: "no lines were found",
    why: { fix: null },
    verdict: "by-hand",
    text: "no change of the manifest was found that allows it",
  },
  { because: "a note has more", why: { fix: null, notes: ["a", "b"] }, verdict: "by-hand", text: "b" },
  {
    because: "it is not known what decides",
    why: { fix: null, git: unknown },
    verdict: "unknown",
    text: "it was not read",
  },
];

describe("a denied request", () => {
  test.each([...OUTSIDE, ...OF_THE_ROLE, ...NOW, ...WITH_LINES])(
    "is $verdict if $because",
    ({ denial, why, verdict, text }) => {
      expect(judgedRequest(reported(denial), answer(why), NOTHING_ELSE)).toMatchObject({
        verdict,
        because: text,
      });
    },
  );

  test("shows no lines where they cannot help, or would allow more than was asked", () => {
    for (const { denial, why } of [...OUTSIDE, ...NOW])
      expect(judgedRequest(reported(denial), answer(why), NOTHING_ELSE).lines).toBeNull();
    const pattern = answer({ resource: "arn:aws:s3:::in/*" });
    expect(judgedRequest(reported(), pattern, NOTHING_ELSE).lines).toBeNull();
  });
});

test.each([
  ["TEN-004", "the platform team allows it in the Team"],
  ["TRU-002", "no Waiver lifts it"],
  ["RES-001", "a Waiver of the platform team lifts it"],
])("what lifts %s: %s", (rule, text) => {
  expect(whoLifts(rule)).toBe(text);
});
