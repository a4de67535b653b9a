import { describe, expect, test } from "@jest/globals";
import { describeLines } from "../../../../src/cli/describe/describe.ts";
import { parseRevision, type Revision } from "../../../../src/model/values/revision.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { checked } from "../../../support/record/audit-facts.ts";
import { modeText } from "../../../../src/wording/words.ts";
import { limitedLines, type EffectiveLine } from "../../../../src/model/answers/permission-state.ts";
import {
  NOW_DAY,
  NOW_MS,
  line,
  policy,
  effective,
  HOTFIX,
  REFUSED,
  DRIFT,
  pendingOf,
  state,
  desiredIn,
  object,
  facts,
  type Read,
  describedTexts,
} from "../../../support/screens/described.ts";

const KEPT = pendingOf({ kind: "kept", statements: ["nightly"] });

test("declared, effective and pending are three sections, and none shows what belongs to another", () => {
  const found = describedTexts(facts({ states: [state("prod", { pending: [REFUSED, DRIFT, KEPT] })] }));

  expect(found).toEqual([
    "payments/refunds@prod/eu-west-1, function refunds, mode enforce",
    "Refused by ACT-001: main@9c1d04e is not applied, 4f0e2d1 remains in effect",
    "",
    "DECLARED in Git, main@9c1d04e, teams/payments/refunds.yaml",
    "  dynamodb read      table/refunds              line 10",
    "  lambda invoke      function/payments-capture  line 12",
    "  all actions        all resources              line 20",
    "  caller sns         topic/orders-returned      line 17",
    "",
    "EFFECTIVE in AWS, read 38s ago (+ added in AWS, not declared)",
    '  dynamodb read      table/refunds              policy "grantkeeper"',
    '+ sqs:SendMessage    queue/refunds-dlq          policy "hotfix"',
    "  caller sns         topic/orders-returned      declared statement",
    '+ caller events      rule/nightly               statement "nightly"',
    '  limited by         boundary "platform-default"',
    "",
    "PENDING changes to AWS (+ to add, - to remove)",
    '  refused by ACT-001 (line 20): Action "*" allows every service',
    "+   all actions      all resources              line 20",
    "+   lambda invoke    function/payments-capture  line 12",
    "    hint:  list the actions that the code calls",
    "  drift: Grantkeeper reverts it at 10:52:04Z (in 11m 4s)",
    '-   sqs:SendMessage  queue/refunds-dlq          policy "hotfix"',
    "    hint:  grantkeeper suspend payments/refunds@prod/eu-west-1 --for 1h --reason TEXT",
    '  kept: statement "nightly" (undeclaredCallers: report)',
    "",
    "ROLE role/grantkeeper/refunds-eu-west-1: $LATEST, version 41 (live)",
    "  version 40: role/payments-shared",
    "NOT CHECKED function URL, layers",
    "",
    "HISTORY none",
  ]);
});

test.each([
  { risk: "exposure", tone: "danger", because: "others can use it" },
  { risk: "escalation", tone: "danger", because: "the role can grant itself more" },
] as const)("a permission that was added in AWS is in red, as in `get drift`: $because", ({ risk, tone }) => {
  const found = effective(false, { ...HOTFIX, risk });
  const shown = state("prod", { effective: { permissions: limitedLines([found]) } });

  expect(describeLines(facts({ states: [shown] }))).toContainEqual({
    text: expect.stringMatching(/^\+ sqs:SendMessage/),
    tone,
  });
});

test("a permission that was added in AWS without a risk has no colour: it is no good news either", () => {
  const shown = state("prod", { effective: { permissions: limitedLines([effective(false, HOTFIX)]) } });

  expect(describeLines(facts({ states: [shown] }))).toContainEqual(
    expect.stringMatching(/^\+ sqs:SendMessage/),
  );
});

test("the runbook of each reason that needs someone to act is named, and of no other reason", () => {
  const conditions = (["Contended", "Progressing", "RoleNotUsed", "NoDriftDetected"] as const).map(
    (reason) => ({
      type: "Ready" as const,
      status: "False" as const,
      reason,
      message: "x",
      lastTransitionTime: `${NOW_DAY}T10:00:00.000Z`,
    }),
  );

  const found = describedTexts(
    facts({ bindings: [object("prod", { conditions })], states: [state("prod")] }),
  );

  expect(found.filter((text) => text.startsWith("HELP"))).toEqual([
    "HELP grantkeeper runbook Contended",
    "HELP grantkeeper runbook RoleNotUsed",
  ]);
});

test("the functions that come first, and those that come after it, are lines of what is declared", () => {
  const after = ["api", "vault"].map((name) => `function/111122223333/eu-west-1/payments/${name}` as Key);
  const binding = object("prod", { dependents: after });
  const dependsOn = ["function/111122223333/eu-west-1/payments/ledger" as Key];
  const spec = { ...binding.spec, desired: { ...desiredIn("prod"), dependsOn } };

  const found = describedTexts(facts({ bindings: [{ ...binding, spec }], states: [state("prod")] }));

  const [, next, end] = found.slice(found.indexOf("  dependsOn ledger"));
  expect([next, end]).toEqual(["  comes before api, vault (dependsOn)", ""]);
  expect(describedTexts(facts({ states: [state("prod")] })).join("\n")).not.toContain("dependsOn");
});

test("no line is wider than 80 columns, and no text is lost", () => {
  const long = (count: number): string =>
    Array.from({ length: count }, (_, n) => `queue/a-long-name-${n}`).join(", ");
  const wide = line(
    "sqs:SendMessage, sqs:ReceiveMessage, sqs:DeleteMessage",
    long(9),
    policy("p".repeat(60)),
    {
      details: [`if aws:sourcevpc StringEquals ${"vpc-123 or ".repeat(12)}vpc-4`],
    },
  );
  const found = describedTexts(
    facts({
      states: [
        state("prod", {
          effective: { permissions: limitedLines([effective(false, wide)]), unknown: ["x ".repeat(80)] },
          pending: [{ ...REFUSED, add: limitedLines([wide]) }],
        }),
      ],
    }),
  );

  expect(found.filter(({ length }) => length > 80)).toEqual([]);
  for (const name of ["queue/a-long-name-0", "queue/a-long-name-8", "sqs:DeleteMessage", "vpc-4"])
    expect(found.join("\n")).toContain(name);
  expect(found.join("").match(/p/g)?.length).toBeGreaterThanOrEqual(120);
});

describe("a difference that is not a permission", () => {
  const none = limitedLines<EffectiveLine>([]);
  const settings = [
    { what: 'tag "env"', live: '"dev"', declared: null },
    { what: "session length", live: "2h", declared: "1h" },
  ];
  const boundary = {
    kind: "none",
    isDeclared: false,
    wasDeclared: false,
    declaredName: "platform-default",
  } as const;

  test("is a row of its own in both sections, with what is declared", () => {
    const found = describedTexts(
      facts({
        states: [
          state("prod", {
            effective: { permissions: none, boundary, settings },
            pending: [{ ...pendingOf({ kind: "applying" }), settings: [...settings, MISSING_TAG] }],
          }),
        ],
      }),
    );

    expect(
      found.slice(found.indexOf("DECLARED in Git, main@9c1d04e, teams/payments/refunds.yaml") + 6),
    ).toEqual(
      expect.arrayContaining([
        "EFFECTIVE in AWS, read 38s ago (+ added in AWS, not declared, ~ differs)",
        '+ tag "env"         "dev"',
        "~ session length    2h, declared 1h",
        '~ limited by        no boundary, declared "platform-default"',
        "PENDING changes to AWS (+ to add, - to remove, ~ to change)",
        '-   tag "env"       "dev"',
        "~   session length  2h → 1h",
        '+   tag "team"      "orders"',
      ]),
    );
  });

  test("from a former revision is not called added in AWS", () => {
    const former = { ...effective(false, HOTFIX), wasDeclared: true };
    const found = describedTexts(
      facts({ states: [state("prod", { effective: { permissions: limitedLines([former]) } })] }),
    );

    expect(found).toContain("EFFECTIVE in AWS, read 38s ago (+ not declared)");
  });
});

const MISSING_TAG = { what: 'tag "team"', live: null, declared: '"orders"' };

describe("an unknown part", () => {
  test("is called unknown, never none", () => {
    const shown = (change: Partial<Read>): string =>
      describedTexts(facts({ states: [state("prod", { effective: change })] })).join("\n");
    const none = limitedLines<EffectiveLine>([]);

    expect(shown({ permissions: none })).toContain("  no permissions and no callers");
    expect(shown({ permissions: none, unknown: ["callers: AccessDenied"] })).not.toContain("no permissions");
    expect(shown({ permissions: none, unknown: ["callers: AccessDenied"] })).toContain(
      "? unknown: callers: AccessDenied",
    );
    expect(shown({ role: { kind: "unknown", arn: "arn:aws:iam::1:role/x", reason: "throttled" } })).toContain(
      "? unknown: role/x: throttled",
    );
    expect(shown({ role: { kind: "absent", arn: "arn:aws:iam::1:role/x" }, permissions: none })).toContain(
      "  no permissions: role/x does not exist",
    );
  });

  test("is the entire state before the first read", () => {
    const unread = { ...state("prod"), effective: { kind: "unknown", reason: "AccessDenied" } } as const;
    const found = describedTexts(facts({ states: [unread] }));

    expect(found).toContain("EFFECTIVE in AWS: unknown, AccessDenied");
    expect(found[1]).toBe("Unknown: AccessDenied");
  });

  test("gets older while reads fail, and the screen shows since when", () => {
    const failing = { since: `${NOW_DAY}T08:40:00.000Z`, reason: "AccessDenied" };
    const found = describedTexts(
      facts({
        states: [
          state("prod", {
            effective: { failing, readAt: `${NOW_DAY}T08:41:00.000Z` },
            pending: [pendingOf({ kind: "unreadable", reason: failing.reason })],
          }),
        ],
      }),
    );

    expect(found[1]).toBe("Unreadable: main@9c1d04e is not applied, 4f0e2d1 remains in effect");
    expect(found.join("\n")).toMatch(
      /EFFECTIVE in AWS, read 2h ago [^]*\? newer reads fail for 2h: AccessDenied/,
    );
  });
});

test.each([
  { mode: "enforce", expected: "release" },
  { mode: "observe", expected: "release, observe" },
] as const)("a function that Git releases has the mode $expected", ({ mode, expected }) => {
  const found = object("prod", { mode });
  const desired = { ...found.spec.desired, released: true } as never;
  const binding = { ...found, spec: { ...found.spec, desired } };

  expect(modeText(binding)).toBe(expected);
  expect(describedTexts(facts({ bindings: [binding] }))[0]).toContain(`mode ${expected}`);
});

describe("a rollback of its source", () => {
  const [revision, from, waiting] = ["1", "2", "3"].map((digit) =>
    checked(parseRevision(`main@sha1:${digit.repeat(40)}`)),
  ) as [Revision, Revision, Revision];
  const until = new Date(NOW_MS + 3_600_000).toISOString();
  const rolledBack = {
    revision,
    from,
    waiting,
    by: "dana",
    reason: "INC-1",
    at: new Date(NOW_MS).toISOString(),
    until,
  };

  test.each([
    { targets: ["prod"], because: "of one target" },
    { targets: ["prod", "staging"], because: "of several targets, once" },
  ])("is shown below the answer $because: Git may declare something newer", ({ targets }) => {
    const bindings = targets.map((account) => object(account));
    const states = targets.map((account) => state(account));

    const text = describedTexts(facts({ bindings, states, rolledBack })).join(" ");

    expect(text.split("note:  its source is rolled back to main@1111111 until ")).toHaveLength(2);
    expect(text).toMatch(/ \(in 1h\) by dana:\s+"INC-1";\s+main@3333333 waits/);
  });

  test("is not mentioned where there is none", () => {
    expect(describedTexts(facts()).join(" ")).not.toContain("rolled back");
  });
});
