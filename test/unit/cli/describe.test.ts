import { describe, expect, test } from "@jest/globals";
import type { BindingObject } from "../../../src/api/bindings.ts";
import type { AuditEvent } from "../../../src/api/events.ts";
import { describeLines, type DescribeFacts } from "../../../src/cli/describe/describe.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { PermissionLine } from "../../../src/model/answers/permission-line.ts";
import {
  limitedLines,
  type EffectiveLine,
  type PendingChange,
  type PermissionState,
} from "../../../src/model/answers/permission-state.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { accountText, compileTexts, functionText } from "../../support/manifests.ts";

const NOW_MS = Date.parse("2026-11-25T10:41:00Z");
const NOW_DAY = "2026-11-25";
const REVISION = checked(parseRevision(`main@sha1:${"9c1d04e".padEnd(40, "0")}`));
const APPLIED = checked(parseRevision(`main@sha1:${"4f0e2d1".padEnd(40, "0")}`));
const READ_AT = `${NOW_DAY}T10:40:22.000Z`;
const FILE = "teams/payments/refunds.yaml";

const compiled = compileTexts({
  "platform/staging.yaml": accountText("staging", "111111111111"),
  [FILE]: functionText("refunds", "  grants: [{dynamodb: {table: refunds, allow: [read]}}]\n").replace(
    "accounts: [prod]",
    "accounts: [prod, staging]",
  ),
});

function desiredIn(account: string): DesiredBinding {
  return checked([...compiled.desired.bindings.values()].find((binding) => binding.account === account));
}

function object(account: string, change: Partial<BindingObject["status"]> = {}): BindingObject {
  const desired = desiredIn(account);
  const { key, accountId, region, role, functionName, functionArn } = desired;
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Binding",
    metadata: { name: "x", namespace: "payments" },
    spec: { key, desired, source: { file: FILE, line: 1 } },
    status: {
      key,
      account,
      accountId,
      region,
      mode: "enforce",
      sync: "Synced",
      health: "Healthy",
      lastAttemptedRevision: APPLIED,
      lastAppliedRevision: APPLIED,
      lastVerifiedAt: READ_AT,
      inventory: [],
      drift: null,
      plan: null,
      conditions: [],
      notWatched: ["function URL", "layers"],
      notes: [],
      live: {
        readAt: READ_AT,
        role: null,
        function: {
          name: functionName,
          arn: functionArn,
          roleArn: role.arn,
          revisionId: "r",
          needs: {
            vpc: false,
            tracing: false,
            deadLetterArn: null,
            fileSystemArns: [],
            kmsKeyArn: null,
            logGroup: null,
          },
          triggers: { kind: "unknown", reason: "not requested" },
          versions: {
            kind: "present",
            value: [
              { version: "40", roleArn: "arn:aws:iam::222222222222:role/payments-shared" },
              { version: "41", roleArn: role.arn },
            ],
          },
          aliases: { kind: "present", value: [{ name: "live", versions: ["41"] }] },
          edge: false,
          policies: {},
        },
      },
      ...change,
    },
  };
}

function line(
  what: string,
  on: string,
  place: PermissionLine["place"],
  change: Partial<PermissionLine> = {},
): PermissionLine {
  return {
    kind: "permission",
    what,
    on,
    details: [],
    principal: null,
    actions: [],
    resources: [],
    more: 0,
    condition: "",
    place,
    ...change,
  };
}

const at = (n: number): PermissionLine["place"] => ({ kind: "line", file: FILE, line: n });
const policy = (name: string): PermissionLine["place"] => ({ kind: "policy", name, arn: null });
const effective = (isDeclared: boolean, found: PermissionLine): EffectiveLine => ({
  ...found,
  isDeclared,
  wasDeclared: false,
});

const HOTFIX = line("sqs:SendMessage", "queue/refunds-dlq", policy("hotfix"));
const ALL = line("all actions", "all resources", at(20));
const INVOKE = line("lambda invoke", "function/payments-capture", at(12));

const REFUSED: PendingChange = {
  reason: {
    kind: "refused",
    reason: "ACT-001",
    rules: [
      {
        rule: "ACT-001",
        file: FILE,
        line: 20,
        why: 'Action "*" allows every service',
        hint: "list the actions that the code calls",
        more: 0,
      },
    ],
  },
  add: limitedLines([ALL, INVOKE]),
  remove: limitedLines([]),
  settings: [],
  other: [],
  hint: "list the actions that the code calls",
};
const DRIFT: PendingChange = {
  reason: { kind: "drift", revertsAt: `${NOW_DAY}T10:52:04.000Z` },
  add: limitedLines([]),
  remove: limitedLines([HOTFIX]),
  settings: [],
  other: [],
  hint: "grantkeeper suspend payments/refunds@prod/eu-west-1 --for 1h --reason TEXT",
};
const pendingOf = (reason: PendingChange["reason"]): PendingChange => ({
  reason,
  add: limitedLines([]),
  remove: limitedLines([]),
  settings: [],
  other: [],
  hint: null,
});
const KEPT = pendingOf({ kind: "kept", statements: ["nightly"] });

type Read = Extract<PermissionState["effective"], { readonly kind: "read" }>;

function state(
  account: string,
  change: Partial<Omit<PermissionState, "effective">> & { readonly effective?: Partial<Read> } = {},
): PermissionState {
  const { key, role } = desiredIn(account);
  return {
    key,
    declared: {
      kind: "declared",
      revision: REVISION,
      file: FILE,
      permissions: limitedLines([
        line("dynamodb read", "table/refunds", at(10)),
        INVOKE,
        ALL,
        line("caller sns", "topic/orders-returned", at(17), { kind: "caller" }),
      ]),
    },
    pending: [],
    ...change,
    effective: {
      kind: "read",
      readAt: READ_AT,
      failing: null,
      role: { kind: "declared", arn: role.arn },
      permissions: limitedLines([
        effective(true, line("dynamodb read", "table/refunds", policy("grantkeeper"))),
        effective(false, HOTFIX),
        effective(
          true,
          line(
            "caller sns",
            "topic/orders-returned",
            { kind: "declared-statement", sid: "gk" },
            { kind: "caller" },
          ),
        ),
        effective(
          false,
          line("caller events", "rule/nightly", { kind: "statement", sid: "nightly" }, { kind: "caller" }),
        ),
      ]),
      boundary: {
        kind: "boundary",
        name: "platform-default",
        arn: "arn:aws:iam::222222222222:policy/platform-default" as Arn,
        isDeclared: true,
        wasDeclared: false,
        declaredName: "platform-default",
        isRead: true,
      },
      settings: [],
      withoutEffect: limitedLines([]),
      unknown: [],
      ...change.effective,
    },
  };
}

function facts(change: Partial<DescribeFacts> = {}): DescribeFacts {
  return {
    bindings: [object("prod")],
    states: [state("prod")],
    events: new Map(),
    authors: new Map(),
    nowMs: NOW_MS,
    ...change,
  };
}

const { key: KEY } = desiredIn("prod");
const event = (seq: number, time: string, rest: object): AuditEvent =>
  ({ seq, at: time, key: KEY, ...rest }) as unknown as AuditEvent;
const row = (action: string, from: string, sid: string | null = null) => ({
  effect: "Allow",
  action,
  resource: "*",
  principal: null,
  from,
  sid,
});

test("declared, effective and pending are three sections, and none shows what belongs to another", () => {
  const found = describeLines(facts({ states: [state("prod", { pending: [REFUSED, DRIFT, KEPT] })] }));

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
    "    hint: list the actions that the code calls",
    "  drift: Grantkeeper reverts it at 10:52:04Z (in 11m 4s)",
    '-   sqs:SendMessage  queue/refunds-dlq          policy "hotfix"',
    "    hint: grantkeeper suspend payments/refunds@prod/eu-west-1 --for 1h --reason TEXT",
    '  kept: statement "nightly" (undeclaredCallers: report)',
    "",
    "ROLE role/grantkeeper/refunds-eu-west-1: $LATEST, version 41 (live)",
    "  version 40: role/payments-shared",
    "NOT CHECKED function URL, layers",
    "",
    "HISTORY none",
  ]);
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
  const found = describeLines(
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
    const found = describeLines(
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
    const found = describeLines(
      facts({ states: [state("prod", { effective: { permissions: limitedLines([former]) } })] }),
    );

    expect(found).toContain("EFFECTIVE in AWS, read 38s ago (+ not declared)");
  });
});

const MISSING_TAG = { what: 'tag "team"', live: null, declared: '"orders"' };

describe("an unknown part", () => {
  test("is called unknown, never none", () => {
    const shown = (change: Partial<Read>): string =>
      describeLines(facts({ states: [state("prod", { effective: change })] })).join("\n");
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

  test("is the whole state before the first read", () => {
    const unread = { ...state("prod"), effective: { kind: "unknown", reason: "AccessDenied" } } as const;
    const found = describeLines(facts({ states: [unread] }));

    expect(found).toContain("EFFECTIVE in AWS: unknown, AccessDenied");
    expect(found[1]).toBe("Unknown: AccessDenied");
  });

  test("gets older while reads fail, and the screen shows since when", () => {
    const failing = { since: `${NOW_DAY}T08:40:00.000Z`, reason: "AccessDenied" };
    const found = describeLines(
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

    expect(describeLines(facts({ states: [applied] }))[1]).toBe(expected);
  });
});

describe("the answer in one sentence", () => {
  test("is not that all is in sync where a part was not read", () => {
    const found = describeLines(
      facts({ states: [state("prod", { effective: { unknown: ["callers: x"] } })] }),
    );

    expect(found[1]).toBe("Unknown in part: what was read in AWS matches main@9c1d04e");
  });
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
  const found = describeLines(
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
    expect(found).toContain(`    hint: ${name}: fix ${name}`);
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
      reason: { kind: "not-compared", revision: REVISION },
      expected: "not compared: main@9c1d04e was not compared",
      summary: "Not compared",
    },
  ])("is shown: $expected", ({ reason, expected, summary }) => {
    const found = describeLines(facts({ states: [state("prod", { pending: [pendingOf(reason)] })] }));

    expect(found.join("\n")).toContain(`  ${expected}`.trimEnd());
    expect(found.slice(0, 3).join(" ").replaceAll(/ +/g, " ")).toContain(summary);
  });

  test("is absent when nothing is pending", () => {
    const found = describeLines(facts());

    expect(found).toContain("PENDING none");
    expect(found[1]).toBe("In sync: AWS matches main@9c1d04e");
  });
});

describe("several targets", () => {
  test("with equal sections share them", () => {
    const found = describeLines(
      facts({ bindings: [object("prod"), object("staging")], states: [state("prod"), state("staging")] }),
    );

    expect(found.slice(0, 8)).toEqual([
      "payments/refunds, function refunds",
      "",
      "TARGET             MODE     SYNC    READ     APPLIED",
      "prod/eu-west-1     enforce  Synced  38s ago  4f0e2d1",
      "staging/eu-west-1  enforce  Synced  38s ago  4f0e2d1",
      "",
      "payments/refunds@prod/eu-west-1",
      "payments/refunds@staging/eu-west-1",
    ]);
    expect(found.filter((text) => text.startsWith("DECLARED"))).toHaveLength(1);
    expect(found.filter((text) => text.startsWith("ROLE"))).toHaveLength(2);
  });

  test("of which one differs have separate sections", () => {
    const found = describeLines(
      facts({
        bindings: [object("prod"), object("staging")],
        states: [state("prod"), state("staging", { pending: [DRIFT] })],
      }),
    );

    expect(found.filter((text) => text.startsWith("EFFECTIVE"))).toHaveLength(2);
    expect(found.filter((text) => text.startsWith("PENDING"))).toHaveLength(2);
  });

  test("with different deadlines have separate sections, each with its deadline and command", () => {
    const later = (account: string, time: string): PendingChange => ({
      ...DRIFT,
      reason: { kind: "drift", revertsAt: `${NOW_DAY}T${time}.000Z` },
      hint: `grantkeeper suspend payments/refunds@${account}/eu-west-1 --for 1h --reason TEXT`,
    });
    const found = describeLines(
      facts({
        bindings: [object("prod"), object("staging")],
        states: [
          state("prod", { pending: [later("prod", "10:52:04")] }),
          state("staging", { pending: [later("staging", "10:58:00")] }),
        ],
      }),
    );

    expect(found.filter((text) => /^ {2}drift:|hint:/.test(text))).toEqual([
      "  drift: Grantkeeper reverts it at 10:52:04Z (in 11m 4s)",
      "    hint: grantkeeper suspend payments/refunds@prod/eu-west-1 --for 1h --reason TEXT",
      "  drift: Grantkeeper reverts it at 10:58Z (in 17m)",
      "    hint: grantkeeper suspend payments/refunds@staging/eu-west-1 --for 1h --reason TEXT",
    ]);
  });

  test("with equal sections show the commands of each", () => {
    const hinted = (hint: string): PendingChange => ({ ...DRIFT, hint });
    const found = describeLines(
      facts({
        bindings: [object("prod"), object("staging")],
        states: [
          state("prod", { pending: [hinted("grantkeeper suspend a")] }),
          state("staging", { pending: [hinted("grantkeeper suspend b")] }),
        ],
      }),
    );

    expect(found.filter((text) => text.includes("hint:"))).toEqual([
      "    hint: grantkeeper suspend a",
      "    hint: grantkeeper suspend b",
    ]);
  });

  test.each([
    { change: { notWatched: ["aliases"] }, because: "another part is not checked" },
    { change: { notes: ["Lambda@Edge"] }, because: "a note is about one of them" },
    { change: { mode: "observe" as const }, because: "one is only observed" },
  ])("are not one group: $because", ({ change }) => {
    const found = describeLines(
      facts({
        bindings: [object("prod"), object("staging", change)],
        states: [state("prod"), state("staging")],
      }),
    );

    expect(found.filter((text) => text.startsWith("DECLARED"))).toHaveLength(2);
  });

  test("name the function of each where its name differs, and show which is not read now", () => {
    const other = object("staging");
    const named = {
      ...other,
      spec: { ...other.spec, desired: { ...desiredIn("staging"), functionName: "refunds-s" } },
    };
    const failing = { since: `${NOW_DAY}T08:40:00.000Z`, reason: "AccessDenied" };
    const found = describeLines(
      facts({
        bindings: [object("prod"), named],
        states: [state("prod", { effective: { failing } }), state("staging")],
      }),
    );

    expect(found[0]).toBe("payments/refunds, function refunds in prod/eu-west-1, function refunds-s in");
    expect(found.join("\n")).toMatch(/^prod\/eu-west-1 .* 38s ago, fails for 2h /m);
  });

  test("that left Git show that nothing is declared", () => {
    const gone = state("prod", { declared: { kind: "not-declared", revision: REVISION } });

    expect(describeLines(facts({ states: [gone] }))).toContain(
      "DECLARED in Git: nothing, main@9c1d04e does not declare it",
    );
  });
});

/** A write with its result; null: there is none yet. */
const write = (
  seq: number,
  time: string,
  pass: string,
  outcome: string | null = "applied",
): readonly AuditEvent[] => [
  ...(outcome === null ? [] : [event(seq + 1, time, { kind: "write-finished", intent: seq, outcome })]),
  event(seq, time, { kind: "write-intended", pass, revision: APPLIED, call: "iam:PutRolePolicy" }),
];

describe("history", () => {
  const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
  const reverted = [
    event(9, "2026-11-25T06:32:13.000Z", {
      kind: "drift-ended",
      fields: ["attachment-extra"],
      changes: ['- policy "AdministratorAccess"'],
      since: "2026-11-25T06:32:12.000Z",
      lastCleanAt: "2026-11-25T06:28:11.000Z",
      how: "reverted",
    }),
    event(8, "2026-11-25T06:32:13.000Z", {
      kind: "write-intended",
      pass: "p2",
      revision: APPLIED,
      call: "iam:DetachRolePolicy",
      input: { PolicyArn: ADMIN },
      delta: { allowed: [], noLongerAllowed: [row("*", ADMIN)] },
    }),
    event(7, "2026-11-25T06:32:12.000Z", { kind: "drift-found", fields: ["attachment-extra"] }),
  ];
  const applied = [
    event(3, "2026-11-23T06:32:14.000Z", { kind: "drift-ended", fields: ["inline"], how: "applied" }),
    ...write(2, "2026-11-23T06:32:13.000Z", "p1"),
  ];
  const authors = new Map([["4f0e2d1", "Dana Ruiz"]]);
  const historyOf = (events: readonly AuditEvent[]): readonly string[] => {
    const found = describeLines(facts({ events: new Map([[KEY, events]]), authors }));
    return found.slice(found.indexOf("HISTORY, changed in AWS") + 1);
  };

  test("credits a revert to Grantkeeper and names the policy; a commit's author is unverified", () => {
    expect(historyOf([...reverted, ...applied])).toEqual([
      '4h ago  9  reverted by Grantkeeper: - policy "AdministratorAccess"',
      "  open for at most 4m 2s (last clean read 06:28:11Z, reverted 06:32:13Z)",
      "2d ago  2  applied 4f0e2d1, author Dana Ruiz (unverified), 1 call",
    ]);
  });

  test("keeps the sign of a change on the line of what changed", () => {
    const [ended, ...rest] = reverted;
    const changes = ['- policy "AdministratorAccess"', '- statement "test1"', '~ policy "grantkeeper"'];

    expect(historyOf([{ ...ended, changes } as AuditEvent, ...rest]).slice(0, 2)).toEqual([
      '4h ago  9  reverted by Grantkeeper: - policy "AdministratorAccess"',
      '             - statement "test1" ~ policy "grantkeeper"',
    ]);
  });

  test("shows since when a change existed before the first read, and of old entries only what they contain", () => {
    const [ended, ...rest] = reverted;
    const at = (change: object): readonly string[] => historyOf([{ ...checked(ended), ...change }, ...rest]);

    expect(at({ lastCleanAt: null })[1]).toBe("  open since before the first read, 06:32:12Z");
    expect(at({ lastCleanAt: null, since: null, changes: null })).toEqual([
      "4h ago  9  reverted by Grantkeeper: attachment-extra",
    ]);
  });

  const decided = (seq: number, kind: string, rest: object = {}): AuditEvent =>
    event(seq, "2026-11-25T10:31:00.000Z", { kind, key: undefined, actor: "dana", reason: "INC-1", ...rest });
  const subject = `sha256:7f3a91c2${"0".repeat(56)}`;

  test.each([
    { entry: decided(5, "approved", { subject }), expected: 'approved 7f3a91c2 by dana: "INC-1"' },
    { entry: decided(5, "rejected", { subject }), expected: 'rejected 7f3a91c2 by dana: "INC-1"' },
    {
      entry: decided(5, "suspended", { until: "2026-11-25T12:44:00.000Z" }),
      expected: 'suspended until 12:44Z by dana: "INC-1"',
    },
    { entry: decided(5, "resumed"), expected: 'resumed by dana: "INC-1"' },
  ])("shows that it was $entry.kind, which changed nothing in AWS by itself", ({ entry, expected }) => {
    const found = describeLines(facts({ events: new Map([[KEY, [entry]]]) }));

    expect(found.slice(-2)).toEqual(["HISTORY", `10m ago  5  ${expected}`]);
  });

  test("does not call a write that failed a change, and shows its repetitions once", () => {
    const failing = [4, 8, 12].flatMap((seq) =>
      write(seq, `2026-11-25T10:3${seq / 4}:00.000Z`, `p${seq}`, "failed"),
    );
    const found = describeLines(facts({ events: new Map([[KEY, failing.toReversed()]]) }));

    expect(found.slice(-2)).toEqual([
      "HISTORY",
      "8m ago  12  not written, 1 call failed (3 times, first 10m ago)",
    ]);
  });

  test("shows how many writes of a pass failed, and how many have no result yet", () => {
    const events = [
      ...write(8, "2026-11-25T10:31:00.000Z", "p1", null),
      ...write(6, "2026-11-25T10:31:00.000Z", "p1", "found-not-applied"),
      ...write(4, "2026-11-25T10:31:00.000Z", "p1"),
    ];

    expect(historyOf(events)).toEqual([
      "10m ago  8  applied 4f0e2d1, author Dana Ruiz (unverified), 3 calls, 1 failed, 1",
      "              without a result yet",
    ]);
  });

  test("ends with the command for what is not shown", () => {
    const events = [1, 3, 5, 7, 9, 11].flatMap((seq) => {
      const revision = `main@sha1:${String(seq).padStart(40, "a")}`;
      return write(seq, "2026-11-25T10:31:00.000Z", `p${seq}`).map((one) => ({
        ...one,
        ...(one.kind === "write-intended" && { revision: revision.replace(/(a+)(\d+)$/, "$2$1") }),
      }));
    });
    const found = describeLines(
      facts({ events: new Map([[KEY, events.toSorted((a, b) => b.seq - a.seq)]]) }),
    );

    expect(found.filter((text) => text.includes("applied "))).toHaveLength(5);
    expect(found.at(-1)).toBe("earlier: grantkeeper history payments/refunds@prod/eu-west-1");
  });

  test("has no author for a pass that only reverted, even before its end is known", () => {
    expect(historyOf(reverted.slice(1)).join("\n")).not.toContain("Dana");
  });
});
