import { describe, expect, test } from "@jest/globals";
import type { ActionItem } from "../../../src/api/action-required.ts";
import type { AccountStatus, AwsAccountObject } from "../../../src/api/manifests.ts";
import { accountColumns } from "../../../src/cli/resources/resource-tables.ts";
import { statusLines } from "../../../src/cli/status/status.ts";
import { NOW, LAYOUT, account, overview, lines, FACTS } from "./overview.ts";
import { lineText } from "../../../src/text/screen-line.ts";

describe("more than ten accounts", () => {
  const many = Array.from({ length: 43 }, (_, at) =>
    account(
      `account-${at}`,
      { bindings: 2, synced: at === 7 ? 1 : 2, drifted: at === 7 ? 1 : 0 },
      {
        mode: at % 4 === 0 ? "observe" : "enforce",
        lastSweepAt: `2026-09-30T11:${at === 20 ? "28" : "31"}:00.000Z`,
      },
    ),
  );

  test("those with nothing to report are one line below the others, with the age of the oldest read", () => {
    expect(lines({ accounts: many }).slice(2)).toEqual([
      "ACCOUNT    MODE     SYNCED  DRIFT  BLOCKED  DECLARED   READ",
      "account-7  enforce  1/2         1        0  1204/1388  1m ago",
      "42 more accounts (11 observe, 31 enforce): all synced, oldest read 4m ago",
      "  hint:  grantkeeper get accounts",
    ]);
  });

  test("without any to report all of them are one line", () => {
    const synced = many.filter(({ name }) => name !== "account-7");
    expect(lines({ accounts: synced }).slice(2)).toEqual([
      "All 42 accounts (11 observe, 31 enforce): all synced, oldest read 4m ago",
      "  hint:  grantkeeper get accounts",
    ]);
  });

  test.each<[string, Partial<AccountStatus>]>([
    ["is read in parts", { unread: ["the policies of 1 function"] }],
    ["was never read", { lastSweepAt: null }],
    ["cannot be read", { failing: { since: NOW, reason: "no" } }],
  ])("one that %s is listed, although all its bindings were synced before", (_, change) => {
    const accounts = [...many.slice(0, 7), ...many.slice(8, 20), account("other", {}, change)];
    expect(lines({ accounts }).find((line) => line.startsWith("other"))).toBeDefined();
  });

  test("-o wide lists every account", () => {
    const wide = statusLines(overview({ accounts: many }), { ...LAYOUT, isWide: true }).map(lineText);
    expect(wide.filter((line) => line.startsWith("account-"))).toHaveLength(43);
  });
});

describe("the account table", () => {
  test.each([
    { change: { lastSweepAt: null }, expected: "prod     enforce  unknown      ?        ?  unknown   never" },
    {
      change: { unread: ["region us-east-1: AccessDenied"] },
      expected: "prod     enforce  3/4         0        0  1204/1388  41s ago, incomplete",
    },
  ])("shows missing facts as unknown: $expected", ({ change, expected }) => {
    expect(lines({ accounts: [account("prod", { bindings: 4, synced: 3 }, change)] })[3]).toBe(expected);
  });
});

test("accounts that are not read for one cause are one item, since the first of them", () => {
  const unread = (name: string, id: string, reason: string): ActionItem => ({
    ...FACTS,
    kind: "unreadable",
    accountId: id,
    keys: [],
    target: `account ${name}`,
    message: "no complete read",
    details: [`observer: ${reason}`],
    cause: reason === "no answer" ? "no answer" : "AccessDenied",
    hint: "grantkeeper doctor",
    since: "2026-09-30T09:32:00.000Z",
  });
  const denied = (id: string) => `AccessDenied: arn:aws:iam::${id}:role/observer`;
  const items = [
    unread("prod", "111111111111", denied("111111111111")),
    unread("staging", "222222222222", denied("222222222222")),
    unread("lab", "333333333333", "no answer"),
    unread("dev", "444444444444", denied("444444444444")),
  ];

  const accounts = [
    account("prod", {}, { accountId: "111111111111" }),
    account("staging", {}, { accountId: "222222222222" }),
    account("dev", {}, { accountId: "444444444444" }),
  ];

  expect(lines({ actionRequired: items, accounts }).slice(-6)).toEqual([
    "unreadable: 3 accounts (prod, staging, dev): no complete read for 2h",
    "  observer: AccessDenied: arn:aws:iam::111111111111:role/observer",
    "  hint:  grantkeeper doctor",
    "unreadable: account lab: no complete read for 2h",
    "  observer: no answer",
    "  hint:  grantkeeper doctor",
  ]);
});

test("get accounts shows no counts of an account that is not read, as status does", () => {
  const failing = { since: "2026-09-30T11:31:50.000Z", reason: "iam:ListRoles: AccessDenied" };
  const status = account("prod", { bindings: 8, synced: 8 }, { failing });
  const synced = accountColumns({ nowMs: Date.parse(NOW), accounts: new Map() }).find(
    ({ title }) => title === "SYNCED",
  );
  const shown = {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "AwsAccount",
    metadata: { name: "prod" },
    spec: {},
    status,
  };

  expect(synced?.cell(shown as unknown as AwsAccountObject)).toBe("unknown");
  expect(
    synced?.cell({ ...shown, status: { ...status, failing: null } } as unknown as AwsAccountObject),
  ).toBe("8/8");
});

test("bindings that a push changed are not known to need no action before they are compared", () => {
  const groups = { "in-sync": 1203, "not-compared": 1 };
  const prod = account("prod", { bindings: 1204, synced: 1203, groups });

  expect(lines({ accounts: [prod] })[0]).toContain("No action known yet: 1 target not compared");
});

test("a policy that differs from Git has a line, although every function is in sync", () => {
  const synced = { bindings: 1, synced: 1, groups: { "in-sync": 1 } };
  const prod = account("prod", { ...synced, policies: { declared: 3, synced: 2 } });
  const dev = account("dev", { ...synced, policies: { declared: 2, synced: 2 } });

  expect(lines({ accounts: [prod, dev] })).toContain(
    "ManagedPolicies: 4 of 5 match Git: grantkeeper get bindings",
  );
  expect(lines({ accounts: [dev] }).join("\n")).not.toContain("ManagedPolicies");
});

test("a ManagedPolicy that no pass has compared is not shown as one that differs, and no line claims that no action is required", () => {
  const synced = { bindings: 1, synced: 1, groups: { "in-sync": 1 } };
  const pushed = account("prod", { ...synced, policies: { declared: 2, synced: 1, uncompared: 1 } });
  const both = account("prod", { ...synced, policies: { declared: 3, synced: 1, uncompared: 1 } });

  expect(lines({ accounts: [pushed] })).toContain("ManagedPolicies: 1 of 2 match Git, 1 not compared yet");
  expect(lines({ accounts: [pushed] })[0]).toContain("No action known yet: 1 target not compared");
  expect(lines({ accounts: [both] })).toContain(
    "ManagedPolicies: 1 of 3 match Git, 1 not compared yet: grantkeeper get bindings",
  );
});

test("a token with namespaces, which has no counts of all functions, is shown that there are none for it", () => {
  const hidden = { functionsSeen: null, functionsInGit: null };
  const accounts = [
    account("prod", { bindings: 2, synced: 2 }, hidden),
    account("dev", { bindings: 1 }, { ...hidden, lastSweepAt: null }),
  ];

  expect(lines({ accounts }).slice(2)).toEqual([
    "ACCOUNT  MODE     SYNCED   DRIFT  BLOCKED  DECLARED  READ",
    "prod     enforce  2/2          0        0  -         41s ago",
    "dev      enforce  unknown      ?        ?  unknown   never",
  ]);
});
