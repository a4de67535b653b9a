import { describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../../src/model/finding.ts";
import {
  countedRules,
  refusalReason,
  refusedRules,
  ruleAt,
  ruleNames,
  shownRules,
} from "../../../../src/model/rules/refusal.ts";
import { KEY } from "../../../support/pass/passes.ts";

function finding(rule: string, line: number | null, change: Partial<Finding> = {}): Finding {
  return {
    rule,
    severity: "block",
    key: KEY,
    origin: line === null ? null : { file: "a.yaml", line, column: 7, path: "" },
    evidence: "{}",
    why: `${rule} at ${line ?? "no line"}`,
    fix: "fix it",
    waiver: { kind: "none" },
    ...change,
  };
}

describe("the rules that refuse a state", () => {
  test.each([
    {
      because: "each rule is listed",
      findings: [finding("BND-002", 8), finding("PASS-001", 8)],
      rules: ["BND-002 (line 8) +0", "PASS-001 (line 8) +0"],
    },
    {
      because: "one rule at two lines is listed twice",
      findings: [finding("RES-001", 8), finding("RES-001", 9)],
      rules: ["RES-001 (line 8) +0", "RES-001 (line 9) +0"],
    },
    {
      because: "one rule at one line is listed once",
      findings: [finding("RES-001", 8), finding("RES-001", 8, { why: "another queue" })],
      rules: ["RES-001 (line 8) +1"],
    },
    {
      because: "a consequence of an entire service is counted with it",
      findings: [finding("ACT-001", 8), finding("ESC-PassRole", 8), finding("PASS-001", 8)],
      rules: ["ACT-001 (line 8) +2"],
    },
    {
      because: "a warning and a waived finding refuse nothing",
      findings: [
        finding("ACT-004", 8, { severity: "warn" }),
        finding("RES-001", 8, { waiver: { kind: "lifted", waiver: "w", until: "2027-01-01" } }),
      ],
      rules: [],
    },
    {
      because: "a finding without a place is listed without one",
      findings: [finding("TRU-001", null)],
      rules: ["TRU-001 +0"],
    },
  ])("$because", ({ findings, rules }) => {
    expect(refusedRules(findings).map((rule) => `${ruleAt(rule)} +${rule.more}`)).toEqual(rules);
  });

  test.each([
    { rules: [], names: "", counted: [] },
    { rules: ["ACT-001"], names: "ACT-001", counted: [] },
    { rules: ["BND-002", "PASS-001", "PASS-001"], names: "BND-002, PASS-001", counted: [] },
    { rules: ["A", "B", "B", "C", "D", "E", "E"], names: "A, B, C and 2 more", counted: ["D", "E"] },
  ])("are listed together, or only counted: $names", ({ rules, names, counted }) => {
    const refused = rules.map((rule) => ({ rule }));

    expect([ruleNames(refused), countedRules(refused)]).toEqual([names, counted]);
  });

  test.each([
    { findings: [], reason: "" },
    { findings: [finding("ACT-001", 8)], reason: "ACT-001: ACT-001 at 8" },
    {
      findings: [finding("BND-002", 8), finding("PASS-001", 9)],
      reason: "BND-002, PASS-001: BND-002 at 8",
    },
    {
      findings: [finding("ACT-001", 8), finding("RES-001", 8), finding("ESC-X", 8)],
      reason: "ACT-001: ACT-001 at 8 (and 2 more findings at this line)",
    },
    {
      findings: [finding("TRU-001", null), finding("TRU-001", null, { why: "another" })],
      reason: "TRU-001: TRU-001 at no line (and 1 more finding)",
    },
  ])("give one reason: $reason", ({ findings, reason }) => {
    expect(refusalReason(refusedRules(findings))).toBe(reason);
  });

  test("are counted instead of named from the fourth on", () => {
    const rules = refusedRules([8, 9, 10, 11, 12].map((line) => finding("RES-001", line)));

    expect(shownRules(rules)).toEqual({ shown: rules.slice(0, 3), more: 2 });
    expect(shownRules(rules.slice(0, 2)).more).toBe(0);
  });
});
