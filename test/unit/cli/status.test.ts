import { describe, expect, test } from "@jest/globals";
import type { AccountStatus, BindingCounts } from "../../../src/api/manifests.ts";
import type { HoldSummaryObject, OverviewObject } from "../../../src/api/overview.ts";
import { statusLines } from "../../../src/cli/render/status.ts";
import { parseDigest } from "../../../src/model/digest.ts";
import { parseKey } from "../../../src/model/key.ts";
import { parseRevision } from "../../../src/model/revision.ts";
import { checked } from "../../support/audit-facts.ts";

type Overview = OverviewObject["status"];

const NOW = "2026-09-30T11:32:00.000Z";
const REVISION = checked(parseRevision(`main@sha1:${"9c1d04e".padEnd(40, "0")}`));
const SUBJECT = checked(parseDigest(`sha256:${"7f3a91c2".padEnd(64, "0")}`));
const REFUNDS = checked(parseKey("function/222222222222/eu-west-1/payments/refunds"));
const API = checked(parseKey("function/222222222222/eu-west-1/orders/orders-api"));
const apiVersion = "grantkeeper.dev/v1alpha1" as const;

function account(
  name: string,
  counts: Partial<BindingCounts>,
  change: Partial<AccountStatus> = {},
): AccountStatus {
  return {
    accountId: "222222222222",
    name,
    mode: "enforce",
    passing: false,
    started: true,
    lastSweepAt: "2026-09-30T11:31:19.000Z",
    failing: null,
    functionsSeen: 1388,
    functionsInGit: 1204,
    counts: { bindings: 0, synced: 0, drifted: 0, held: 0, broken: 0, ...counts },
    ...change,
  };
}

function hold(change: Partial<HoldSummaryObject["status"]> = {}): HoldSummaryObject {
  const status = {
    subject: SUBJECT,
    code: "limit-deletes" as const,
    reason: "would delete 4 roles, limit 3",
    account: "prod",
    keys: [REFUNDS],
    bindings: 1,
    calls: 4,
    risk: "high" as const,
    since: "2026-09-30T08:32:00.000Z",
    rejected: null,
    approvable: true,
  };
  return { apiVersion, kind: "Hold", metadata: { name: "x" }, status: { ...status, ...change } };
}

function overview(change: Partial<Overview> = {}): Overview {
  return {
    version: "0.1.0",
    instance: "prod-1",
    mode: "enforce",
    startedAt: "2026-09-24T10:00:00.000Z",
    now: NOW,
    catalogueDate: "2026-09-26",
    source: {
      name: "main",
      accepted: REVISION,
      fetchedAt: "2026-09-30T11:31:39.000Z",
      held: null,
      failure: null,
      uncommitted: false,
    },
    accounts: [account("prod", { bindings: 1204, synced: 1203 })],
    diagnostics: [],
    holds: [],
    suspensions: [],
    orphans: [],
    reverts: [],
    ...change,
  };
}

test("all is well is said in one line after the accounts", () => {
  expect(statusLines(overview())).toEqual([
    "main@9c1d04e  fetched 21s ago · up 6d · catalogue 2026-09-26",
    "",
    "ACCOUNT  MODE     BINDINGS  SYNCED  DRIFT  HELD  BROKEN  IN GIT       READ",
    "prod     enforce      1204    1203      0     0       0  1204 / 1388  41s ago",
    "",
    "Nothing needs you.",
  ]);
});

test("what needs a person stands below, with the command that answers it", () => {
  const unread = { lastSweepAt: null, functionsSeen: null, functionsInGit: null } as const;
  const failing = {
    since: "2026-09-30T09:32:00.000Z",
    reason: "iam:GetAccountAuthorizationDetails: AccessDenied",
  };
  const lines = statusLines(
    overview({
      accounts: [
        account("prod", { bindings: 1204, synced: 1203, held: 1 }),
        account(
          "staging",
          { bindings: 1190, synced: 1102, drifted: 88, broken: 1 },
          { mode: "observe", functionsSeen: 1240, functionsInGit: 1191 },
        ),
        account("sandbox", {}, { mode: "observe", failing, ...unread }),
      ],
      holds: [hold()],
      suspensions: [
        {
          apiVersion,
          kind: "Suspension",
          metadata: { name: "4f1c" },
          spec: {
            scope: { key: API, accountId: null, namespace: null },
            reason: "INC-4410",
            actor: "dana",
            until: "2026-09-30T12:44:00.000Z",
          },
        },
      ],
      diagnostics: [
        {
          severity: "error",
          code: "unknown-grant",
          origin: { file: "teams/search/index.yaml", line: 17, column: 9, path: "" },
          message: 'unknown grant "dynamo", did you mean dynamodb?',
          mend: null,
        },
      ],
      orphans: ["2026-08-20T11:00:00.000Z", "2026-09-01T11:00:00.000Z"].map((since) => ({
        apiVersion,
        kind: "Orphan" as const,
        metadata: { name: since },
        status: {
          key: API,
          account: "prod",
          arn: "arn:aws:iam::222222222222:role/grantkeeper/x",
          since,
          reason: "retain",
        },
      })),
    }),
  );

  expect(lines.slice(2)).toEqual([
    "ACCOUNT  MODE     BINDINGS  SYNCED  DRIFT  HELD  BROKEN  IN GIT       READ",
    "prod     enforce      1204    1203      0     1       0  1204 / 1388  41s ago",
    "staging  observe      1190    1102     88     -       1  1191 / 1240  41s ago",
    "sandbox  observe         -       -      -     -       -  unknown      denied for 2h: iam:GetAccountAuthorizationDetails: AccessDenied",
    "",
    "Needs you",
    "  held       payments/refunds@prod                   would delete 4 roles, limit 3                   grantkeeper approve 7f3a91c2 --reason …",
    '  suspended  orders/orders-api@sandbox               ends 12:44Z (in 1h 12m)                         "INC-4410" by dana   grantkeeper resume 4f1c --reason …',
    '  broken     teams/search/index.yaml:17              unknown grant "dynamo", did you mean dynamodb?  9c1d04e skipped it, its last good state stays',
    "  orphans    2 roles without a manifest, oldest 41d                                                  grantkeeper get orphans",
  ]);
});

describe("the head", () => {
  test.each([
    { change: { mode: "observe" as const }, says: "observes only" },
    { change: { source: { ...overview().source, uncommitted: true } }, says: "uncommitted directory" },
    { change: { source: { ...overview().source, accepted: null } }, says: "no revision yet" },
    { change: { source: { ...overview().source, fetchedAt: null } }, says: "not fetched yet" },
  ])("says $says", ({ change, says }) => {
    expect(statusLines(overview(change))[0]).toContain(says);
  });
});

describe("what is held", () => {
  const needs = (change: Partial<Overview>): readonly string[] => statusLines(overview(change)).slice(6);

  test("by another's right is named without a command that would be refused", () => {
    expect(needs({ holds: [hold({ approvable: false })] })).toEqual([
      "  held  payments/refunds@prod  would delete 4 roles, limit 3  7f3a91c2: not yours to approve",
    ]);
  });

  test("together is one line", () => {
    expect(needs({ holds: [hold({ keys: [API, REFUNDS], reason: "first enforcing pass" })] })).toEqual([
      "  held  2 bindings@prod  first enforcing pass  grantkeeper approve 7f3a91c2 --reason …",
    ]);
  });

  test("counts as bindings what HELD counts, and policies beside them", () => {
    const policy = checked(parseKey("policy/222222222222/payments/ledger"));

    expect(
      needs({ holds: [hold({ keys: [API, policy, REFUNDS], reason: "first enforcing pass" })] }),
    ).toEqual([
      "  held  2 bindings, 1 policy@prod  first enforcing pass  grantkeeper approve 7f3a91c2 --reason …",
    ]);
    expect(needs({ holds: [hold({ keys: [policy, policy], reason: "x" })] })[0]).toContain("2 policies@prod");
  });

  test("as a revision is approved by its short name", () => {
    expect(
      needs({ holds: [hold({ subject: REVISION, keys: [], account: null, reason: "force-push" })] }),
    ).toEqual(["  held  main@9c1d04e  force-push  grantkeeper approve main@9c1d04e --reason …"]);
  });

  test("in great number is counted past ten", () => {
    const lines = needs({ holds: Array.from({ length: 12 }, () => hold()) });

    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toContain("and 2 more");
  });
});

test("a source that fails comes first, with what mends it", () => {
  const failure = { message: "cannot reach git.example.com", mend: "check the network" };

  expect(statusLines(overview({ source: { ...overview().source, failure } })).slice(6)).toEqual([
    "  source  main  cannot reach git.example.com  check the network",
  ]);
});

test("bindings that are broken for no fault of a file are pointed to", () => {
  expect(statusLines(overview({ accounts: [account("prod", { broken: 3 })] })).at(-1)).toBe(
    "  broken  @prod  3 bindings  grantkeeper get bindings",
  );
});
