import type { SourceVerified } from "../../../src/model/verification.ts";
import type { AccountStatus, BindingCounts } from "../../../src/api/manifests.ts";
import type { OverviewObject } from "../../../src/api/overview.ts";
import type { Layout } from "../../../src/cli/screen/layout.ts";
import { statusLines } from "../../../src/cli/status/status.ts";
import { parseAccountId } from "../../../src/model/aws/ids.ts";
import { parseRevision } from "../../../src/model/values/revision.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { lineText } from "../../../src/text/screen-line.ts";

type Overview = OverviewObject["status"];

export const NOW = "2026-09-30T11:32:00.000Z";

const REVISION = checked(parseRevision(`main@sha1:${"9c1d04e".padEnd(40, "0")}`));

export const PROD = checked(parseAccountId("222222222222"));

export const LAYOUT: Layout = { width: 80, rowWidth: 80, isWide: false };

export function account(
  name: string,
  counts: Partial<BindingCounts>,
  change: Partial<AccountStatus> = {},
): AccountStatus {
  return {
    accountId: PROD,
    name,
    mode: "enforce",
    set: null,
    passing: false,
    comparing: false,
    throttled: [],
    deniedCalls: [],
    started: true,
    lastSweepAt: "2026-09-30T11:31:19.000Z",
    failing: null,
    unread: [],
    functionsSeen: 1388,
    functionsInGit: 1204,
    counts: { bindings: 0, synced: 0, drifted: 0, held: 0, broken: 0, blocked: 0, ...counts },
    ...change,
  };
}

export function overview(change: Partial<Overview> = {}): Overview {
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
      verified: null,
    },
    tenancy: "closed",
    accounts: [account("prod", { bindings: 1204, synced: 1204 })],
    actionRequired: [],
    diagnostics: [],
    holds: [],
    suspensions: [],
    orphans: [],
    alertRoutes: [],
    reverts: [],
    ...change,
  };
}

export const verified = (
  status: SourceVerified["status"],
  reason: SourceVerified["reason"],
): SourceVerified => ({
  status,
  reason,
  message: "1 commit",
  fix: null,
});

export const lines = (change: Partial<Overview> = {}): readonly string[] =>
  statusLines(overview(change), LAYOUT).map(lineText);

export const FACTS = { details: [], hint: null, security: false, since: null } as const;
