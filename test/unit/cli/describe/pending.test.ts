import { describe, expect, test } from "@jest/globals";
import { limitedLines, type PendingChange } from "../../../../src/model/answers/permission-state.ts";
import {
  NOW_DAY,
  REVISION,
  object,
  APPLIED,
  FILE,
  HOTFIX,
  REFUSED,
  pendingOf,
  state,
  facts,
  describedTexts,
} from "../../../support/screens/described.ts";

describe("a revision that was applied, and differs since then", () => {
  const until = `${NOW_DAY}T12:44:00Z`;

  test.each<{ reason: PendingChange["reason"]; expected: string }>([
    {
      reason: { kind: "suspended", id: "1", until, by: "dana", reason: "INC-4410" },
      expected: "Suspended: AWS does not match main@4f0e2d1",
    },
    { reason: { kind: "observe-only" }, expected: "Observe only: AWS does not match main@4f0e2d1" },
    {
      reason: { kind: "unreadable", reason: "AccessDenied" },
      expected: "Unreadable: AWS cannot be compared with main@4f0e2d1",
    },
    {
      reason: { kind: "not-compared", revision: APPLIED },
      expected: "Not compared: AWS was not compared yet with main@4f0e2d1",
    },
    {
      reason: { kind: "withheld", reason: "someone keeps changing it" },
      expected: "Not applied: someone keeps changing it, AWS does not match main@4f0e2d1",
    },
  ])("is not called unapplied ($reason.kind)", ({ reason, expected }) => {
    const { declared } = state("prod");
    const applied = state("prod", {
      declared: { ...declared, revision: APPLIED } as typeof declared,
      pending: [{ ...pendingOf(reason), remove: limitedLines([HOTFIX]) }],
    });

    expect(describedTexts(facts({ states: [applied] }))[1]).toBe(expected);
  });
});

describe("the answer in one sentence", () => {
  test("is not that all is in sync where a part was not read", () => {
    const found = describedTexts(
      facts({ states: [state("prod", { effective: { unknown: ["callers: x"] } })] }),
    );

    expect(found[1]).toBe("Unknown in part: what was read in AWS matches main@9c1d04e");
  });
});

test.each([
  {
    rejected: null,
    expected: "awaiting approval 7f3a91c2: stricter in profile p (main@9c1d04e)",
    because: "no one has answered",
  },
  {
    rejected: { by: "sam", reason: "later" },
    expected: 'rejected 7f3a91c2 by sam: "later"',
    because: "rejected",
  },
])("a stricter verdict is pending with its rules, and the revision is applied: $because", (row) => {
  const rule = { rule: "RES-001", file: FILE, line: 16, why: "too wide", hint: "name it", more: 0 };
  const digest = `sha256:${"7f3a91c2".padEnd(64, "0")}`;
  const by = ["profile p (main@9c1d04e)"];
  const reason = { kind: "stricter-verdict", digest, by, rules: [rule], rejected: row.rejected } as const;
  const hint = "grantkeeper describe approval 7f3a91c2";
  const lines = describedTexts(
    facts({ states: [state("prod", { pending: [{ ...pendingOf(reason), hint }] })] }),
  );

  expect(lines[1]).toBe("In sync: AWS matches main@9c1d04e");
  expect(lines.join("\n")).toContain(
    `PENDING\n  ${row.expected}\n  would be refused by RES-001 (line 16): too wide\n    hint:  ${hint}`,
  );
});

test("every rule that refuses is listed, with how to fix it", () => {
  const rule = (name: string, at: number) => ({
    rule: name,
    file: FILE,
    line: at,
    why: `${name} refuses it`,
    hint: `fix ${name}`,
    more: 0,
  });
  const rules = ["ACT-001", "ESC-001", "PASS-001", "RES-001", "TAG-001"].map((name, n) => rule(name, n + 1));
  const found = describedTexts(
    facts({
      states: [
        state("prod", {
          pending: [{ ...REFUSED, reason: { kind: "refused", rules, reason: "many" }, hint: "fix ACT-001" }],
        }),
      ],
    }),
  );

  for (const { rule: name, line: at } of rules) {
    expect(found).toContain(`  refused by ${name} (line ${at}): ${name} refuses it`);
    expect(found).toContain(`    hint:  ${name}: fix ${name}`);
  }
});

describe("each reason for which something is pending", () => {
  test.each<{ reason: PendingChange["reason"]; expected: string; summary: string }>([
    {
      reason: {
        kind: "awaiting-approval",
        digest: `sha256:7f3a91c2${"0".repeat(56)}`,
        reason: "first enforcing run",
      },
      expected: "awaiting approval 7f3a91c2: first enforcing run",
      summary: "Awaiting approval 7f3a91c2: not all of main@9c1d04e is applied, 4f0e2d1 remains in effect",
    },
    {
      reason: { kind: "observe-only" },
      expected: "observe only:",
      summary: "Observe only: main@9c1d04e is not applied",
    },
    {
      reason: { kind: "not-deployed" },
      expected: "not deployed:",
      summary: "the function does not exist yet",
    },
    {
      reason: { kind: "suspended", id: "1", until: `${NOW_DAY}T12:44:00Z`, by: "dana", reason: "INC-4410" },
      expected: 'suspended until 12:44Z (in 2h 3m) by dana: "INC-4410"',
      summary: "Suspended: AWS matches main@9c1d04e",
    },
    {
      reason: { kind: "broken", message: "a.yaml:1:1: x" },
      expected: "broken manifest: a.yaml:1:1: x",
      summary: "Broken manifest",
    },
    {
      reason: { kind: "propagation", until: `${NOW_DAY}T10:42:00Z` },
      expected: "propagation until 10:42Z (in 1m)",
      summary: "Applying main@9c1d04e",
    },
    {
      reason: { kind: "failed", reason: "AccessDenied" },
      expected: "not applied: AccessDenied",
      summary: "Not applied: AccessDenied",
    },
    { reason: { kind: "applying" }, expected: "applying", summary: "Applying main@9c1d04e" },
    {
      reason: { kind: "drift", revertsAt: null },
      expected: "drift: Grantkeeper reverts it now",
      summary: "Drift:",
    },
    {
      reason: { kind: "unconfirmed", until: `${NOW_DAY}T10:42:00Z` },
      expected: "not confirmed: the last read shows a difference,",
      summary:
        "Not confirmed: the last read shows a difference from main@9c1d04e, possibly from before Grantkeeper's last write",
    },
    {
      reason: { kind: "not-compared", revision: REVISION },
      expected: "not compared: main@9c1d04e was not compared",
      summary: "Not compared",
    },
  ])("is shown: $expected", ({ reason, expected, summary }) => {
    const found = describedTexts(facts({ states: [state("prod", { pending: [pendingOf(reason)] })] }));

    expect(found.join("\n")).toContain(`  ${expected}`.trimEnd());
    expect(found.slice(0, 3).join(" ").replaceAll(/ +/g, " ")).toContain(summary);
  });

  test("what the pass before found is marked as such after a push", () => {
    const outdated = pendingOf({ kind: "not-compared", revision: REVISION });
    const drift = pendingOf({ kind: "drift", revertsAt: null });
    const shown = (...pending: readonly PendingChange[]): string =>
      describedTexts(facts({ states: [state("prod", { pending })] })).join("\n");

    expect(shown(outdated, { ...drift, isOutdated: true }, { ...drift, isOutdated: true })).toMatch(
      /not compared: [^]*\n  found by the last pass, before that revision:\n  drift: [^:]*\n  drift: /,
    );
    expect(shown(outdated)).not.toContain("before that revision");
    expect(shown(drift)).not.toContain("before that revision");
  });

  test("is absent when nothing is pending", () => {
    const found = describedTexts(facts());

    expect(found).toContain("PENDING none");
    expect(found[1]).toBe("In sync: AWS matches main@9c1d04e");
  });
});

test("a released function is called released, and never in sync: it is no longer compared", () => {
  const message = "its role does not have the ownership tags of this manifest; nothing of it is written";
  const conditions = [
    {
      type: "Ready",
      status: "True",
      reason: "Released",
      message,
      lastTransitionTime: `${NOW_DAY}T12:00:00Z`,
    },
  ] as const;
  const lines = describedTexts(
    facts({ bindings: [object("prod", { conditions })], states: [state("prod")] }),
  );

  expect(lines.slice(1, 3).join("").replaceAll(/ +/g, " ")).toBe(`Released: ${message}`);
});

test.each([
  {
    reason: { kind: "refused", rules: [], reason: "a stricter profile" },
    sync: "Synced",
    expected: "Refused: AWS still matches main@9c1d04e",
  },
  {
    reason: { kind: "refused", rules: [], reason: "a stricter profile" },
    sync: "OutOfSync",
    expected: "Refused: AWS does not match main@9c1d04e",
  },
  {
    reason: {
      kind: "awaiting-approval",
      digest: `sha256:7f3a91c2${"0".repeat(56)}`,
      reason: "another stack",
    },
    sync: "Synced",
    expected: "Awaiting approval 7f3a91c2: AWS matches main@9c1d04e",
  },
  {
    reason: {
      kind: "awaiting-approval",
      digest: `sha256:7f3a91c2${"0".repeat(56)}`,
      reason: "another stack",
    },
    sync: "OutOfSync",
    expected: "Awaiting approval 7f3a91c2: AWS does not match main@9c1d04e",
  },
] as const)("what waits after it was applied matches AWS only if it is in sync: $expected", (row) => {
  const bindings = [object("prod", { lastAppliedRevision: REVISION, sync: row.sync })];
  const states = [state("prod", { pending: [pendingOf(row.reason)] })];

  expect(describedTexts(facts({ bindings, states }))[1]).toBe(row.expected);
});
