import { describe, expect, test } from "@jest/globals";
import { declaresAll, isSameDeclaration } from "../../../src/judge/states/same-declaration.ts";
import { judgedByOf } from "../../../src/judge/states/judged-by.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { parseNamespace } from "../../../src/model/aws/ids.ts";
import type { TeamFence } from "../../../src/model/rules/team.ts";
import { binding, desiredAccount, NOW_MS } from "../../support/pass/bindings.ts";
import { passOf } from "../../support/pass/passes.ts";
import { checked } from "../../support/record/audit-facts.ts";

const APPLIED = binding();
const ELSEWHERE = { file: "teams/orders/other.yaml", line: 99, column: 1, path: "spec" };

const moved: DesiredBinding = {
  ...APPLIED,
  origin: ELSEWHERE,
  functionOrigin: ELSEWHERE,
  role: { ...APPLIED.role, origin: ELSEWHERE, tagOrigins: { team: ELSEWHERE } },
};
/** With what people name themselves: a label, and a key of a condition. */
const named = (value: string): DesiredBinding => ({
  ...APPLIED,
  labels: { dataOrigin: value },
  role: {
    ...APPLIED.role,
    inline: {
      statements: APPLIED.role.inline.statements.map((one) => ({
        ...one,
        statement: {
          ...one.statement,
          Condition: { StringEquals: { "aws:ResourceTag/origin": "x", "aws:ResourceTag/dataOrigin": value } },
        },
      })),
    },
  },
});
const { labels: _, ...unlabelled } = named("a");
const described: DesiredBinding = { ...APPLIED, labels: { tier: "one" } };
describe("a declaration", () => {
  test.each([
    { declared: APPLIED, is: true, because: "nothing changed" },
    { declared: moved, is: true, because: "a place is no content" },
    { declared: described, is: false, because: "a label selects profiles" },
  ])("is the same: $is, because $because", ({ declared, is }) => {
    expect(isSameDeclaration(APPLIED, declared, NOW_MS)).toBe(is);
  });

  test.each([
    { a: named("a"), b: named("a"), is: true, because: "nothing changed" },
    { a: APPLIED, b: { ...APPLIED, labels: named("b").labels }, is: false, because: "a label is content" },
    { a: unlabelled, b: { ...named("b"), labels: undefined }, is: false, because: "so is a condition" },
  ])("whose parts have names of places is the same: $is, because $because", ({ a, b, is }) => {
    expect(a.role.inline.statements).not.toHaveLength(0);
    expect(isSameDeclaration(a, b, NOW_MS)).toBe(is);
  });

  test.each<{ readonly declared: DesiredBinding; readonly is: boolean; readonly because: string }>([
    { declared: described, is: true, because: "an earlier version recorded no labels" },
    { declared: { ...described, mode: "observe" }, is: false, because: "what it recorded has changed" },
    { declared: named("b"), is: false, because: "a statement has a condition that it had not" },
    {
      declared: { ...APPLIED, role: { ...APPLIED.role, tags: [] } },
      is: false,
      because: "a list is shorter",
    },
    {
      declared: { ...APPLIED, role: { ...APPLIED.role, boundary: null } },
      is: false,
      because: "an object is gone",
    },
  ])("is as an earlier version recorded it: $is, because $because", ({ declared, is }) => {
    expect(declaresAll(APPLIED, declared, NOW_MS)).toBe(is);
  });

  test("is the same when a statement has ended by itself", () => {
    const [first] = APPLIED.role.inline.statements;
    const until = new Date(NOW_MS - 3_600_000).toISOString();
    const ended = first === undefined ? [] : [{ ...first, until }];
    const applied = { ...APPLIED, role: { ...APPLIED.role, inline: { statements: ended } } };
    const declared = { ...APPLIED, role: { ...APPLIED.role, inline: { statements: [] } } };

    expect(ended).toHaveLength(1);
    expect(isSameDeclaration(applied, declared, NOW_MS)).toBe(true);
  });
});

describe("what judged a state", () => {
  const orders = checked(parseNamespace("orders"));
  const TEAM: TeamFence = {
    kind: "fence",
    namespace: orders,
    accounts: null,
    functions: [{ kind: "exact", name: "a" }],
    resources: [],
    grants: null,
    statements: false,
    boundaries: [],
    limits: {},
    profile: null,
    alerts: [],
    references: [],
    borrowed: [],
    origin: ELSEWHERE,
  };
  const inputs = (change: Partial<Parameters<typeof judgedByOf>[0]> = {}) => ({ ...passOf(), ...change });
  const withTeam = (team: object) => {
    const pass = passOf();
    const teams = new Map([[orders, { ...TEAM, ...team } as TeamFence]]);
    return inputs({ desired: { ...pass.desired, teams } });
  };
  const account = desiredAccount();

  test.each([
    { a: inputs(), b: inputs(), same: true, because: "nothing changed" },
    { a: inputs(), b: inputs({ version: "2" }), same: false, because: "another version" },
    {
      a: inputs(),
      b: inputs({ account: { ...account, passableRoles: ["arn:aws:iam::111122223333:role/x"] } }),
      same: false,
      because: "a fence of the account",
    },
    { a: inputs(), b: withTeam({}), same: false, because: "a Team" },
    { a: withTeam({}), b: withTeam({ origin: account.origin }), same: true, because: "a Team moved" },
    { a: withTeam({}), b: withTeam({ profile: "strict" }), same: true, because: "a profile is no fence" },
    { a: withTeam({}), b: withTeam({ grants: {} }), same: false, because: "no grant is less than each" },
    { a: withTeam({}), b: withTeam({ later: null }), same: true, because: "a fence that no one uses yet" },
    { a: withTeam({}), b: withTeam({ kind: "broken" }), same: false, because: "a Team with an error" },
  ])("is the same: $same, because $because", ({ a, b, same }) => {
    const [then, now] = [a, b].map((each) => judgedByOf(each)("orders"));

    expect(JSON.stringify(then) === JSON.stringify(now)).toBe(same);
  });
});
