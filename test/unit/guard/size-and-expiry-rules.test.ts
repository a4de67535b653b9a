import { describe, expect, test } from "@jest/globals";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { CompiledStatement } from "../../../src/model/desired.ts";
import { DEFAULT_QUOTAS } from "../../../src/model/live.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import {
  ACCOUNT,
  contextOf,
  document,
  judged,
  liveAccount,
  policyText,
  verdicts,
  withRole,
  world,
  type World,
  PLAIN,
} from "./judged.ts";

describe("SIZ-001", () => {
  const statement = (bytes: number): CompiledStatement => {
    const base: Statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::" };
    const padding = bytes - document(base).length;
    const [compiled] = PLAIN.binding.role.inline.statements;
    if (compiled === undefined) throw new Error("no statement");
    return { ...compiled, statement: { ...base, Resource: `arn:aws:s3:::${"b".repeat(padding)}` } };
  };
  const inline = (bytes: number): World => withRole(PLAIN, { inline: { statements: [statement(bytes)] } });
  const attachment = {
    arn: `arn:aws:iam::${ACCOUNT}:policy/x` as Arn,
    policy: PLAIN.binding.key,
    origin: PLAIN.binding.origin,
  };

  const attachments = (count: number) => Array.from({ length: count }, () => attachment);

  test.each([
    { found: inline(8_191), breaks: [], because: "just below four fifths" },
    { found: inline(8_192), breaks: ["SIZ-001 warn"], because: "four fifths" },
    { found: inline(10_240), breaks: ["SIZ-001 warn"], because: "the quota itself fits" },
    { found: inline(10_241), breaks: ["SIZ-001 block"], because: "one character more does not" },
    {
      found: withRole(PLAIN, { attachments: attachments(7) }),
      breaks: [],
      because: "seven policies of ten",
    },
    {
      found: withRole(PLAIN, { attachments: attachments(11) }),
      breaks: ["SIZ-001 block"],
      because: "eleven policies of ten",
    },
    { found: withRole(PLAIN, { name: "r".repeat(64) }), breaks: [], because: "the longest name" },
    { found: withRole(PLAIN, { name: "r".repeat(65) }), breaks: ["SIZ-001 block"], because: "a longer name" },
  ])("$because", ({ found, breaks }) => {
    expect(verdicts(judged(found))).toEqual(breaks);
  });

  test("the account's own quotas count if they are read", () => {
    const live = { ...liveAccount(), quotas: { ...DEFAULT_QUOTAS, attachedPoliciesPerRole: 20 } };

    expect(verdicts(judged(withRole(PLAIN, { attachments: attachments(11) }), { live }))).toEqual([]);
  });

  test("a function's policies are counted by qualifier", () => {
    const many = (count: number): string =>
      Array.from(
        { length: count },
        (_, at) =>
          `    - {sns: {topic: "${"t".repeat(230)}${100 + at}"}, qualifier: live}\n    - sns: {topic: "${"t".repeat(230)}${100 + at}"}`,
      ).join("\n");
    const policies = (count: number) =>
      judged(world(`  invokedBy:\n${many(count)}`)).map(({ severity, why }) => [
        severity,
        why.replace(/\d{4,}/g, "N"),
      ]);

    expect(policies(25)).toEqual([]);
    expect(policies(45)).toEqual([
      ["block", "the policy of live has N characters of N"],
      ["block", "the function's policy has N characters of N"],
    ]);
  });

  test("a ManagedPolicy has a quota of its own", () => {
    const found = world("  managedPolicies: [p]", {
      "teams/orders/p.yaml": policyText(
        "p",
        document({ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b" }),
      ),
    });
    const [policy] = [...found.desired.policies.values()].filter(({ name }) => name === "p");
    if (policy === undefined) throw new Error("no policy");
    const sized = (bytes: number) =>
      verdicts(judgeDesired({ ...policy, document: { statements: [statement(bytes)] } }, contextOf(found)));

    expect(sized(4_000)).toEqual([]);
    expect(sized(6_145)).toEqual(["SIZ-001 block"]);
    expect(
      verdicts(
        judgeDesired(
          { ...policy, document: { statements: [statement(6_145)] } },
          contextOf(found, { live: liveAccount() }),
        ),
      ),
    ).toEqual(["SIZ-001 block"]);
  });
});

describe("EXP-100", () => {
  const until = (instant: string): World =>
    world(`  grants:\n    - sqs: {queue: orders, allow: [send]}\n      until: ${instant}`);
  const changed = (change: (statement: CompiledStatement) => CompiledStatement): World => {
    const found = until("2027-01-01T00:00:00Z");
    return withRole(found, {
      inline: {
        statements: found.binding.role.inline.statements.map((each) =>
          each.until === null ? each : change(each),
        ),
      },
    });
  };
  const condition = (statement: CompiledStatement, block: Statement["Condition"] & {}) => ({
    ...statement,
    statement: { ...statement.statement, Condition: block },
  });

  test.each<{ found: World; breaks: readonly string[]; because: string }>([
    { found: until("2027-01-01T00:00:00Z"), breaks: [], because: "access that ends later" },
    { found: until("2027-01-01T01:00:00+01:00"), breaks: [], because: "another zone" },
    { found: until("2026-01-01T00:00:00Z"), breaks: ["EXP-100 warn"], because: "access that has ended" },
    {
      found: until("2026-11-25T12:00:00Z"),
      breaks: ["EXP-100 warn"],
      because: "access that ends this moment",
    },
    {
      found: changed((each) => ({ ...each, until: "2027-01-01T00:00:00" })),
      breaks: ["EXP-100 block"],
      because: "an instant without a zone",
    },
    {
      found: changed((each) => ({ ...each, until: "2027-13-01T00:00:00Z" })),
      breaks: ["EXP-100 block"],
      because: "a month that is none",
    },
    {
      found: changed((each) => ({ ...each, statement: { ...each.statement, Condition: {} } })),
      breaks: ["EXP-100 block"],
      because: "nothing that ends it",
    },
    {
      found: changed((each) =>
        condition(each, { DateLessThan: { "aws:CurrentTime": "2028-01-01T00:00:00Z" } }),
      ),
      breaks: ["EXP-100 block"],
      because: "a condition that ends it later",
    },
    {
      found: changed((each) =>
        condition(each, {
          DateLessThan: { "aws:CurrentTime": ["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"] },
        }),
      ),
      breaks: ["EXP-100 block"],
      because: "the later of two ends it",
    },
    {
      found: changed((each) =>
        condition(each, { DateLessThan: { "aws:TokenIssueTime": "2027-01-01T00:00:00Z" } }),
      ),
      breaks: ["EXP-100 block"],
      because: "another time than the request's",
    },
  ])("$because", ({ found, breaks }) => {
    expect(verdicts(judged(found))).toEqual(breaks);
  });
});
