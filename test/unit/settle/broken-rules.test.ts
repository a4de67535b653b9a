import { describe, expect, test } from "@jest/globals";
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
} from "../../support/pass/passes.ts";
import { recordAfter } from "./settled.ts";

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
