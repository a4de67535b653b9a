import { describe, expect, test } from "@jest/globals";
import type { KeyJudgement } from "../../../src/judge/judgement.ts";
import { planRefusal } from "../../../src/judge/judge-plans.ts";
import type { LiveRules } from "../../../src/model/answers/live-rules.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import {
  invalidSubject,
  KEY,
  knownRecord,
  passOf,
  skippedOf,
  subjectOf,
  BINDING,
  writtenOf,
} from "../../support/pass/passes.ts";
import { recordAfter, settleOne } from "./settled.ts";

const OLD = { sinceMs: NOW_MS - 5_000, revision: `main@sha1:${"a".repeat(40)}` as Revision };
const REVISION = `main@sha1:${"c".repeat(40)}` as Revision;

const finding = (rule: string, change: Partial<Finding> = {}): Finding => ({
  rule,
  severity: "block",
  key: KEY,
  origin: null,
  evidence: "{}",
  why: "too wide",
  fix: "make it narrower",
  waiver: { kind: "none" },
  ...change,
});

test("a recorded refusal lists the rules that its reason only counts", () => {
  const refused = planRefusal(["E", "B", "D", "A", "C"].map((rule) => finding(rule)));
  if (refused === null) throw new Error("the rules refuse nothing");

  const { facts } = settleOne(skippedOf({ kind: "nothing-due" }, { verdict: refused }));

  expect(facts).toMatchObject([
    {
      kind: "plan-refused",
      rules: ["A", "B", "C", "D", "E"],
      reason: expect.stringContaining("E, B, D and 2 more"),
      counted: ["A", "C"],
    },
  ]);
});

describe("since when a rule is broken", () => {
  const { startedAtMs } = passOf([BINDING]);
  const now = { sinceMs: startedAtMs, revision: REVISION };
  const after = (rules: readonly Finding[], record = knownRecord()) =>
    recordAfter(
      skippedOf({ kind: "nothing-due" }, { subject: subjectOf(record), findings: rules }),
      {},
      { revision: REVISION },
    ).brokenRules;
  const known = knownRecord({ brokenRules: { "RES-001": OLD, "ACT-001": OLD } });

  test.each([
    { found: after([finding("RES-001")]), kept: { "RES-001": now }, because: "the first pass that finds it" },
    {
      found: after([finding("RES-001"), finding("RES-001", { severity: "warn" })]),
      kept: { "RES-001": now },
      because: "two places that break one rule are one rule",
    },
    {
      found: after([finding("RES-001"), finding("INV-003")], known),
      kept: { "INV-003": now, "RES-001": OLD },
      because: "it stays while the rule is broken, and ends with it",
    },
    {
      found: after(
        [finding("RES-001", { waiver: { kind: "lifted", waiver: "w", until: "2027-01-01T00:00:00Z" } })],
        known,
      ),
      kept: { "RES-001": OLD },
      because: "a waiver lifts the rule and does not repair the manifest",
    },
    {
      found: after([], known),
      kept: undefined,
      because: "a record without a broken rule has no field for it",
    },
  ])("$because", ({ found, kept }) => {
    expect(found).toEqual(kept);
  });

  test("a manifest that cannot be used ends nothing", () => {
    const record = recordAfter(
      skippedOf({ kind: "nothing-due" }, { subject: invalidSubject(known), findings: [] }),
      {},
      { revision: REVISION },
    );

    expect(record.brokenRules).toEqual(known.brokenRules);
  });

  test("a pass that could not read the key ends nothing", () => {
    const record = recordAfter({ kind: "unknown", subject: subjectOf(known), reason: "denied" });

    expect(record.brokenRules).toEqual(known.brokenRules);
  });
});

describe("since when AWS breaks a rule that Git does not", () => {
  const now = { sinceMs: passOf([BINDING]).startedAtMs, revision: REVISION };
  const known = knownRecord({ rulesBrokenInAws: { "RES-001": OLD } });
  const breach = (rule: string) => ({ rule, severity: "block", why: "too wide", findings: 1 }) as const;
  const after = (liveRules: LiveRules, judged: Partial<KeyJudgement> = {}) =>
    recordAfter(
      skippedOf({ kind: "nothing-due" }, { subject: subjectOf(known), findings: [], ...judged }),
      { liveRules: new Map([[KEY, liveRules]]) },
      { revision: REVISION },
    ).rulesBrokenInAws;

  test.each([
    {
      found: after({ breaches: [breach("INV-003"), breach("RES-001")], unread: [] }),
      kept: { "INV-003": now, "RES-001": OLD },
      because: "it stays while it is there, and a new one begins",
    },
    { found: after({ breaches: [], unread: [] }), kept: undefined, because: "it ends when it is gone" },
    {
      found: after({ breaches: [breach("INV-003")], unread: ["a document was not read"] }),
      kept: { "INV-003": now, "RES-001": OLD },
      because: "a document that was not read may still break it",
    },
    {
      found: after({ breaches: [], unread: [] }, { unread: ["the policy of the function was not read"] }),
      kept: { "RES-001": OLD },
      because: "so may a part of the key that was not read",
    },
  ])("$because", ({ found, kept }) => {
    expect(found).toEqual(kept);
  });

  test("a pass that read nothing after its writes ends nothing", () => {
    const written = writtenOf(
      { subject: subjectOf(known) },
      { readBack: { kind: "not-read", reason: "throttled" } },
    );

    expect(recordAfter(written).rulesBrokenInAws).toEqual({ "RES-001": OLD });
  });
});
