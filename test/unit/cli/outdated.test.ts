import { lineText, type ScreenLine } from "../../../src/text/screen-line.ts";
import { describe, expect, test } from "@jest/globals";
import type { DriftObject } from "../../../src/api/bindings.ts";
import type { HoldObject } from "../../../src/api/overview.ts";
import type { ApiClient } from "../../../src/cli/client/client.ts";
import { holdTexts } from "../../support/screens/hold-texts.ts";
import { LISTINGS } from "../../../src/cli/resources/resources.ts";
import type { Layout } from "../../../src/cli/screen/layout.ts";
import { parseAccountId } from "../../../src/model/aws/ids.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { account, overview } from "./overview.ts";
import { API, CONTEXT, hold, NOW_MS, WORKER } from "./hold-objects.ts";

const STAGING = checked(parseAccountId("333333333333"));
const TERMINAL: Layout = { width: 80, rowWidth: 80, isWide: false };
const PIPE: Layout = { ...TERMINAL, rowWidth: Infinity };

async function listed(name: string, items: readonly unknown[], layout: Layout): Promise<readonly string[]> {
  return (await linesOf(name, items, layout)).map(lineText);
}

async function linesOf(
  name: string,
  items: readonly unknown[],
  layout: Layout,
): Promise<readonly ScreenLine[]> {
  const [listing] = LISTINGS.filter(({ names }) => names.some((one) => one === name));
  const client = { list: async () => items } as unknown as ApiClient;
  const accounts = [account("staging", {}, { accountId: STAGING })];
  const request = { target: null, namespace: null, selector: null, all: true, nowMs: NOW_MS };
  const answer = await listing?.answer({ ...request, client, overview: overview({ accounts }) });
  return answer?.lines(layout) ?? [];
}

const VERDICT: Partial<HoldObject["status"]> = {
  code: "verdict-changed",
  reason: "RES-001 would refuse 1 function",
};
const REJECTED: Partial<HoldObject["status"]> = {
  rejected: { actor: "sam", reason: "later", at: "2026-09-30T09:00:00.000Z" },
};

describe("a pending approval of a binding that Git changed since", () => {
  test.each<{ readonly change: Partial<HoldObject["status"]>; readonly reason: string }>([
    { change: {}, reason: "planned before Git changed: first enforcing run" },
    { change: REJECTED, reason: 'planned before Git changed: rejected by sam: "later"' },
    { change: VERDICT, reason: "judged before Git changed: RES-001 would refuse 1 function" },
  ])("is listed as $reason", async ({ change, reason }) => {
    expect(await listed("holds", [hold({ ...change, isOutdated: true })], TERMINAL)).toEqual([
      "DIGEST    ACCOUNT  TARGETS     CALLS  RISK  WAITING",
      "7f3a91c2  staging  orders (2)      2  high  3h",
      `  ${reason}`,
    ]);
  });

  test("is one line in a pipe", async () => {
    const [, row, ...more] = await listed("holds", [hold({ isOutdated: true })], PIPE);

    expect(row).toMatch(/3h {7}planned before Git changed: first enforcing run$/);
    expect(more).toEqual([]);
  });

  test.each<{ readonly change: Partial<HoldObject["status"]>; readonly lines: readonly string[] }>([
    {
      change: {},
      lines: [
        "Pending approval 7f3a91c2: 2 bindings in staging, 2 calls, risk high",
        "Reason: first enforcing run",
        "Outdated: planned before Git changed; the next pass plans it again, under",
        "  another digest if the plan differs",
        "Since: 3h ago",
        "",
      ],
    },
    {
      change: REJECTED,
      lines: [
        "Rejected plan 7f3a91c2: 2 bindings in staging, 2 calls, risk high",
        "Reason: first enforcing run",
        "Outdated: planned before Git changed; the next pass plans it again, under",
        "  another digest if the plan differs",
        'Rejected by sam 2h ago: "later"',
        "Since: 3h ago",
        "",
      ],
    },
    {
      change: VERDICT,
      lines: [
        "Pending approval 7f3a91c2: a stricter verdict on 2 bindings in staging",
        "Reason: RES-001 would refuse 1 function",
        "Outdated: judged before Git changed; the next pass judges it again, under",
        "  another digest if the verdict differs",
        "Since: 3h ago",
        "",
      ],
    },
  ])("is described without the new revision, of which it is not: $lines.0", ({ change, lines }) => {
    const shown = holdTexts(hold({ ...change, isOutdated: true }), CONTEXT, 80);

    expect(shown.slice(0, lines.length)).toEqual(lines);
    expect(shown.join("\n")).not.toContain(CONTEXT.revision);
  });

  test("has no mark once a pass has planned it", () => {
    expect(holdTexts(hold(), CONTEXT, 80).slice(0, 4)).toEqual([
      "Pending approval 7f3a91c2: 2 bindings in staging, 2 calls, risk high",
      "Reason: first enforcing run",
      "Since: 3h ago, accepted revision main@9c1d04e",
      "",
    ]);
  });
});

describe("get drift", () => {
  const row = (key: DriftObject["status"]["key"], mark: { readonly isOutdated?: true }): DriftObject => ({
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Drift",
    metadata: { name: "x", namespace: "orders" },
    status: {
      key,
      subject: "arn:aws:iam::333333333333:role/grantkeeper/orders-api",
      change: { kind: "inline-extra", policyName: "hotfix" },
      tier: "grants",
      cause: "out-of-band",
      desired: null,
      live: null,
      delta: NO_DELTA,
      since: "2026-09-30T08:32:00.000Z",
      readAt: "2026-09-30T11:31:00.000Z",
      ...mark,
    } as unknown as DriftObject["status"],
  });
  const ROWS = [row(API, { isOutdated: true }), row(WORKER, {})];

  test("marks each difference of a binding that Git changed since, and no other", async () => {
    expect(await listed("drift", ROWS, TERMINAL)).toEqual([
      "TARGET                                  SINCE  CAUSE",
      "orders/orders-api@staging/eu-west-1     3h     out-of-band",
      '  + policy "hotfix", not declared; seen before Git changed, not compared since',
      "orders/orders-worker@staging/eu-west-1  3h     out-of-band",
      '  + policy "hotfix", not declared',
    ]);
  });

  test("is red where a principal has more access, and has no colour elsewhere, with either sign", async () => {
    const [, plain] = ROWS;
    if (plain === undefined) throw new Error("a row");
    const exposed = {
      ...plain,
      status: {
        ...plain.status,
        change: { kind: "statement-extra", danger: "public", sid: "x", qualifier: null },
      },
    };
    const missing = { ...plain, status: { ...plain.status, change: { kind: "role-missing" } } };

    const lines = await linesOf("drift", [exposed, missing], { ...TERMINAL, rowWidth: 60 });

    expect(lines.slice(1).filter((line) => typeof line !== "string")).toEqual([
      { text: expect.stringContaining("+ anyone can invoke it"), tone: "danger" },
    ]);
    expect(lines).toContainEqual(expect.stringContaining("- its role does not exist"));
  });

  test("has no colour by a sign at which its difference continues on the next line", async () => {
    const [, plain] = ROWS;
    const lines = await linesOf("drift", plain === undefined ? [] : [plain], { ...TERMINAL, rowWidth: 90 });

    expect(lines.slice(-1)).toEqual([expect.stringMatching(/^ +\+ |^ +\S/)]);
  });

  test("has the mark in the line of its target in a pipe", async () => {
    const [, marked, other, ...more] = await listed("drift", ROWS, PIPE);

    expect(marked).toMatch(
      /^orders\/orders-api@.* {2}\+ policy "hotfix", not declared; seen before Git changed, not compared since$/,
    );
    expect(other).toMatch(/^orders\/orders-worker@.* {2}\+ policy "hotfix", not declared$/);
    expect(more).toEqual([]);
  });
});
