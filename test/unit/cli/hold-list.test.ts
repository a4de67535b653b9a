import { lineText } from "../../../src/text/screen-line.ts";
import { describe, expect, test } from "@jest/globals";
import type { HoldObject } from "../../../src/api/overview.ts";
import type { ApiClient } from "../../../src/cli/client/client.ts";
import { LISTINGS } from "../../../src/cli/resources/resources.ts";
import type { Layout } from "../../../src/cli/screen/layout.ts";
import { parseAccountId } from "../../../src/model/aws/ids.ts";
import { parseKey } from "../../../src/model/keys/key.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { account, overview } from "./overview.ts";
import { NOW_MS, API, WORKER, hold } from "./hold-objects.ts";

const STAGING = checked(parseAccountId("333333333333"));
const POLICY = checked(parseKey("policy/333333333333/reports/audit-read"));

describe("get approvals", () => {
  const [listing] = LISTINGS.filter(({ names }) => names.includes("holds"));
  const screenOf = async (
    holds: readonly HoldObject[],
    layout: Layout,
    isComparing = false,
  ): Promise<readonly string[]> => {
    const client = { list: async () => holds } as unknown as ApiClient;
    const accounts = [account("staging", {}, { accountId: STAGING, comparing: isComparing })];
    const request = { target: null, namespace: null, selector: null, all: false, nowMs: NOW_MS };
    const answer = await listing?.answer({ ...request, client, overview: overview({ accounts }) });
    return (answer?.lines(layout) ?? []).map(lineText);
  };
  const TERMINAL = { width: 80, rowWidth: 80, isWide: false };

  test("claims nothing before the accounts were compared since the start of the controller", async () => {
    expect(await screenOf([], TERMINAL, true)).toEqual([
      "Not known yet: staging has not been compared since the controller started",
    ]);
    expect(await screenOf([], TERMINAL)).toEqual(["No pending approvals found"]);
  });

  const GROUP = "grants new access, which needs an approval of group";
  const LONG = [
    hold({ keys: [API], reason: `${GROUP} platform` }),
    hold({ keys: [POLICY], reason: `${GROUP} security; made by Claude` }),
  ];

  test("has a line for each pending approval", async () => {
    expect(await screenOf([hold()], TERMINAL)).toEqual([
      "DIGEST    ACCOUNT  TARGETS     CALLS  RISK  WAITING  REASON",
      "7f3a91c2  staging  orders (2)      2  high  3h       first enforcing run",
    ]);
  });

  test("shows the end of a long reason, where it differs from that of another row", async () => {
    expect(await screenOf(LONG, TERMINAL)).toEqual([
      "DIGEST    ACCOUNT  TARGETS             CALLS  RISK  WAITING",
      "7f3a91c2  staging  orders/orders-api       2  high  3h",
      `  ${GROUP} platform`,
      "7f3a91c2  staging  reports/audit-read      2  high  3h",
      `  ${GROUP} security; made by Claude`,
    ]);
  });

  test("has one line each in a pipe", async () => {
    const lines = await screenOf(LONG, { width: 80, rowWidth: Infinity, isWide: false });

    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/3h {7}grants new access, .* group security; made by Claude$/);
  });

  test.each([
    { keys: [POLICY], targets: "reports/audit-read", because: "a policy is no binding" },
    { keys: [API, WORKER], targets: "orders (2)", because: "several of one namespace are counted" },
    { keys: [API, POLICY], targets: "2 namespaces (2)", because: "several namespaces are counted" },
    { keys: [], targets: "all", because: "a revision concerns everything" },
  ])("names its targets truly: $because", async ({ keys, targets }) => {
    const [, row] = await screenOf([hold({ keys })], TERMINAL);

    expect(row).toMatch(new RegExp(`^7f3a91c2  staging  ${targets.replaceAll(/[()]/g, "\\$&")}  `));
  });
});
