import { describe, expect, test } from "@jest/globals";
import type { ActionItem } from "../../../src/api/action-required.ts";
import { isQuiet } from "../../../src/wording/overall-answer.ts";
import { parseDigest } from "../../../src/model/values/digest.ts";
import { parseKey } from "../../../src/model/keys/key.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { NOW, PROD, account, overview, verified, lines, FACTS } from "./overview.ts";

const SUBJECT = checked(parseDigest(`sha256:${"7f3a91c2".padEnd(64, "0")}`));

const API = checked(parseKey("function/222222222222/eu-west-1/orders/orders-api"));

test("the first line states that no action is required", () => {
  expect(lines()).toEqual([
    "No action required.                            main@9c1d04e, fetched 21s ago",
    "",
    "ACCOUNT  MODE     SYNCED     DRIFT  BLOCKED  DECLARED   READ",
    "prod     enforce  1204/1204      0        0  1204/1388  41s ago",
  ]);
});

test("while an account is not compared since the start, no line claims that no action is required", () => {
  const prod = account("prod", { bindings: 1204, synced: 1204 }, { comparing: true });

  expect(lines({ accounts: [prod, account("dev", { bindings: 1, synced: 1 })] })).toEqual([
    "No action known yet: 1 of 2 accounts not compared",
    "main@9c1d04e, fetched 21s ago",
    "note:  the controller started 6d ago; prod has not been compared since then:",
    "       drift and approvals may be missing, and the rest is from the last read",
    "",
    "ACCOUNT  MODE     SYNCED     DRIFT  BLOCKED  DECLARED   READ",
    "prod     enforce  1204/1204      0        0  1204/1388  41s ago, comparing",
    "dev      enforce  1/1            0        0  1204/1388  41s ago",
  ]);
});

test("requests that AWS throttles, and calls without access, are notes below the first line", () => {
  const prod = account(
    "prod",
    { bindings: 1, synced: 1 },
    {
      throttled: [
        { region: null, family: "iamRead", budget: 10, rate: 2.5 },
        { region: "eu-west-1", family: "lambda", budget: 5, rate: 0.3 },
      ],
      deniedCalls: [{ call: "lambda:GetPolicy", since: "2026-09-30T11:29:00.000Z" }],
    },
  );

  expect(lines({ accounts: [prod] }).slice(1, 6)).toEqual([
    "note:  AWS throttled requests to prod: iamRead at 2.5 of 10 requests per second,",
    "       lambda in eu-west-1 at 0.3 of 5 requests per second",
    "note:  access to prod is missing, so these calls are only probed:",
    "       lambda:GetPolicy for 3m",
    "hint:  grantkeeper doctor --account prod",
  ]);
});

test("a clock of the controller that is wrong is below the first line, with the fix", () => {
  expect(lines({ clockOffsetSeconds: -600 }).slice(1, 4)).toEqual([
    "note:  the clock of the controller is 10 minutes ahead of AWS's: no author of a",
    "       change is named with certainty",
    "hint:  synchronize the clock of the controller's machine (NTP)",
  ]);
});

test("a controller of an earlier version, which sends no limits of requests, has no notes of them", () => {
  const { throttled: _, deniedCalls: __, ...prod } = account("prod", { bindings: 1, synced: 1 });

  expect(lines({ accounts: [prod] })[1]).toBe("");
});

test("before a revision is in force, nothing claims that no action is required", () => {
  const { source } = overview();
  const change = { source: { ...source, accepted: null } };

  expect(lines(change)[0]).toMatch(/^No action known yet: no revision/);
  expect([isQuiet(overview(change)), isQuiet(overview())]).toEqual([false, true]);
  expect(lines({ ...change, accounts: [] }).at(-1)).toBe("Accounts: unknown, no revision is in force");
  expect(lines({ accounts: [] }).at(-1)).toBe("No accounts are declared");
});

test.each([
  ["open", ["note:  tenancy is open: there is no Team, so no namespace has a fence"]],
  [
    "unknown",
    ["note:  tenancy is not known while a file of the platform has errors: it may", "       declare a Team"],
  ],
  ["closed", []],
  [null, []],
] as const)("tenancy that is %s is a line below the first one", (tenancy, notes) => {
  expect(lines({ tenancy }).slice(1, -2)).toEqual([...notes, ""]);
});

test("a profile whose group has no token is a line below the first one, with the fix", () => {
  const origin = { file: "platform/p.yaml", line: 4, column: 42, path: "spec.approval.group" };
  const diagnostics = [
    { severity: "warning", code: "unknown-group", origin, message: "no one can approve", fix: "add it" },
    { severity: "warning", code: "selects-nothing", origin, message: "no match", fix: null },
  ] as const;

  expect(lines({ diagnostics, tenancy: "closed" }).slice(1, -2)).toEqual([
    "note:  platform/p.yaml:4:42: no one can approve",
    "hint:  add it",
    "",
  ]);
});

test("every item has its reason and the next command", () => {
  const items: readonly ActionItem[] = [
    {
      ...FACTS,
      kind: "exposed",
      key: API,
      target: "reports/report-export@staging/eu-west-1",
      message: "anyone can invoke it",
      details: ['statement "try-from-laptop", not declared, and no revision was applied yet'],
      hint: "grantkeeper describe approval 2b41cb18",
      security: true,
    },
    {
      ...FACTS,
      kind: "unreadable",
      accountId: PROD,
      keys: [],
      target: "account sandbox",
      message: "no complete read",
      details: ["observer: AccessDenied by an SCP: iam:GetAccountAuthorizationDetails"],
      hint: "allow the action in the SCP, then run grantkeeper doctor",
      since: "2026-09-30T09:32:00.000Z",
    },
    {
      ...FACTS,
      kind: "no-role",
      key: API,
      target: "search/rebuild@staging/eu-west-1",
      message: "Lambda cannot assume its role",
      details: ["role/search-rebuild-stack-role does not exist"],
      hint: "deploy it with role/grantkeeper/search-rebuild-eu-west-1",
    },
    {
      ...FACTS,
      kind: "approval",
      subject: SUBJECT,
      target: "7f3a91c2",
      message: "first enforcing run of staging, 4 calls",
      hint: "grantkeeper describe approval 7f3a91c2",
      since: "2026-09-30T08:32:00.000Z",
    },
    {
      ...FACTS,
      kind: "suspended",
      id: "4f1c9a30",
      until: "2026-09-30T12:44:00.000Z",
      actor: "dana",
      reason: "INC-4410",
      target: "orders/orders-api@prod",
      message: "until 2026-09-30T12:44:00.000Z by dana",
      hint: "grantkeeper resume 4f1c9a30 --reason TEXT",
    },
    {
      ...FACTS,
      kind: "orphans",
      count: 3,
      target: "3 roles",
      message: "are not declared",
      hint: "grantkeeper get orphans",
      since: "2026-08-20T11:00:00.000Z",
    },
  ];
  const failing = { since: "2026-09-30T09:32:00.000Z", reason: "denied" };
  const accounts = [
    account("prod", { bindings: 1204, synced: 1201, drifted: 1, blocked: 2 }),
    account("sandbox", {}, { mode: "observe", failing }),
  ];

  expect(lines({ actionRequired: items, accounts })).toEqual([
    "Action required: 6 items (1 security)          main@9c1d04e, fetched 21s ago",
    "",
    "ACCOUNT  MODE     SYNCED     DRIFT  BLOCKED  DECLARED   READ",
    "prod     enforce  1201/1204      1        2  1204/1388  41s ago",
    "sandbox  observe  unknown        ?        ?  unknown    failed for 2h",
    "",
    "exposed: reports/report-export@staging/eu-west-1: anyone can invoke it",
    '  statement "try-from-laptop", not declared, and no revision was applied yet',
    "  hint:  grantkeeper describe approval 2b41cb18",
    "unreadable: account sandbox: no complete read for 2h",
    "  observer: AccessDenied by an SCP: iam:GetAccountAuthorizationDetails",
    "  hint:  allow the action in the SCP, then run grantkeeper doctor",
    "no role: search/rebuild@staging/eu-west-1: Lambda cannot assume its role",
    "  role/search-rebuild-stack-role does not exist",
    "  hint:  deploy it with role/grantkeeper/search-rebuild-eu-west-1",
    "approval: 7f3a91c2: first enforcing run of staging, 4 calls, waiting for 3h",
    "  hint:  grantkeeper describe approval 7f3a91c2",
    'suspended: orders/orders-api@prod: until 12:44Z (in 1h 12m) by dana: "INC-4410"',
    "  hint:  grantkeeper resume 4f1c9a30 --reason TEXT",
    "orphans: 3 roles are not declared, oldest 41d",
    "  hint:  grantkeeper get orphans",
  ]);
});

describe("the head", () => {
  test.each([
    { change: { mode: "observe" as const }, expected: "observe only" },
    { change: { source: { ...overview().source, uncommitted: true } }, expected: "uncommitted" },
    {
      change: { source: { ...overview().source, verified: verified("True", "SignaturesVerified") } },
      expected: "ago, verified",
    },
    {
      change: { source: { ...overview().source, verified: verified("False", "ApprovedByOperator") } },
      expected: "ago, not verified",
    },
    { change: { source: { ...overview().source, accepted: null } }, expected: "no revision yet" },
    { change: { source: { ...overview().source, fetchedAt: null } }, expected: "not fetched yet" },
  ])('contains "$expected", in at most 80 columns', ({ change, expected }) => {
    const head = lines(change).slice(0, 2);

    expect(head.join("\n")).toContain(expected);
    expect(head.every((line) => line.length <= 80)).toBe(true);
  });
});

test.each(["the last backup failed", "no new backup for longer than backups.maxAge"])(
  "the age of a problem with backups is read as its own phrase: %s",
  (message) => {
    const since = "2026-09-28T09:32:00.000Z";
    const item: ActionItem = { ...FACTS, kind: "backup", target: "the record", message, since };

    const text = lines({ actionRequired: [item] })
      .join("\n")
      .replaceAll(/\n {2}/g, " ");

    expect(text).toContain(`backup: the record: ${message}, unresolved for 2d`);
  },
);

test("more than three of a kind are counted, with the command that lists them", () => {
  const item: ActionItem = { ...FACTS, kind: "refused", key: API, target: "a/b@prod", message: "x" };

  expect(lines({ actionRequired: Array.from({ length: 17 }, () => item) }).slice(-3)).toEqual([
    "refused: a/b@prod: x",
    "refused: 14 more",
    "  hint:  grantkeeper get bindings",
  ]);
});

describe("namespace sources", () => {
  const accepted = checked(parseRevision(`orders//main@sha1:${"4f0e2d1".padEnd(40, "0")}`));
  const sourceOf = (namespace: string, change: object = {}) => ({
    ...overview().source,
    name: namespace,
    namespace,
    accepted,
    ...change,
  });
  const failure = { message: "no route to host", fix: "check it", refused: false };
  const held = { revision: accepted, reason: "force-push", since: NOW };
  const signed = { status: "True", reason: "SignaturesVerified", message: "1 commit", fix: null } as const;

  test.each([
    { change: {}, state: "in force", because: "nothing is wrong" },
    { change: { verified: signed }, state: "in force, verified", because: "it needs signatures" },
    {
      change: { verified: { ...signed, status: "False" } },
      state: "in force, not verified",
      because: "an operator approved it",
    },
    { change: { failure, held }, state: "failing", because: "it cannot be read" },
    { change: { failure: { ...failure, refused: true } }, state: "refused", because: "it has no manifests" },
    { change: { held }, state: "held", because: "its newest revision waits" },
    { change: { accepted: null, fetchedAt: null }, state: "not read", because: "no revision was read" },
  ])("are listed as $state: $because", ({ change, state }) => {
    const shown = lines({ namespaceSources: [sourceOf("orders", change)] });

    const [title, row] = shown.slice(shown.findIndex((line) => line.startsWith("SOURCE")));
    expect(title).toMatch(/^SOURCE +REVISION +STATE +FETCHED$/);
    expect(row).toContain(` ${state} `);
  });
});

test("a rollback is a note, since nothing that is pushed is applied", () => {
  const [revision, from] = ["1", "2"].map((digit) => checked(parseRevision(`main@sha1:${digit.repeat(40)}`)));
  if (revision === undefined || from === undefined) throw new Error("two revisions");
  const rolledBack = { revision, from, by: "dana", reason: "INC-1", at: NOW, until: "2026-09-30T13:32:00Z" };
  const { source } = overview();
  const textOf = (waiting: typeof from | null): string =>
    lines({ source: { ...source, accepted: revision, rolledBack: { ...rolledBack, waiting } } })
      .join(" ")
      .replaceAll(/ +/g, " ");

  expect(textOf(null)).toMatch(
    /main@1111111 \(rollback\), fetched .* note: source \S+: rolled back to main@1111111 until .* by dana: "INC-1"/,
  );
  expect(textOf(from)).toMatch(/main@1111111 \(rollback\), main@2222222 fetched .* main@2222222 waits/);
  expect(
    lines({ source: { ...source, rolledBack: { ...rolledBack, waiting: null, ended: true } } }).join(" "),
  ).toMatch(/still at main@1111111 after the rollback until \S+ by\s+dana/);
});
