import { NO_ESTATES } from "../../../support/fakes/no-estates.ts";
import { NO_ORGANIZATIONS } from "../../../support/fakes/no-organizations.ts";
import { NO_REFERENCES } from "../../../support/fakes/no-references.ts";
import { cli, TEST_CONFIG } from "../../../support/screens/cli.ts";
import { parseArn } from "../../../../src/model/aws/arn.ts";
import { checked } from "../../../support/record/audit-facts.ts";
import { DEFAULT_QUOTAS, type LiveAccount, type LivePolicy } from "../../../../src/model/live.ts";
import type { References } from "../../../../src/controller/ports/estate/references.ts";
import type { LiveState } from "../../../../src/controller/ports/live-state.ts";
import { ok } from "../../../../src/model/values/result.ts";

const BOUNDARY: LivePolicy = {
  name: "platform-default",
  path: "/grantkeeper-boundary/",
  arn: checked(parseArn("arn:aws:iam::222222222222:policy/grantkeeper-boundary/platform-default")),
  policyId: "ANPAEXAMPLE",
  defaultVersionId: "v1",
  versions: [
    {
      id: "v1",
      text: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "dynamodb:*", Resource: "*" }],
      }),
      createdAtMs: 0,
    },
  ],
  description: "",
  attachmentCount: 0,
  boundaryUsageCount: 0,
  tags: { kind: "present", value: [] },
};

const EMPTY_ACCOUNT: Omit<LiveAccount, "accountId"> = {
  observedAtMs: 0,
  complete: true,
  roles: new Map(),
  policies: new Map([[BOUNDARY.arn, { kind: "present", value: BOUNDARY }]]),
  awsManaged: new Map(),
  regions: new Map(),
  quotas: DEFAULT_QUOTAS,
};

/** An account with nothing in it but the boundary. */
export const EMPTY: LiveState = {
  sweep: async ({ account }) =>
    ok({
      ...EMPTY_ACCOUNT,
      accountId: account.id,
      regions: new Map(
        account.regions.map((region) => [
          region,
          { kind: "read", functions: new Map(), complete: true, absentFunctions: new Set() },
        ]),
      ),
    }),
  read: () => Promise.reject(new Error("a plan sweeps")),
};

/** `plan` of the folder against this state of AWS. */
export function planLive(
  root: string,
  live: LiveState,
  argv: readonly string[] = [],
  { references }: { readonly references: References } = { references: NO_REFERENCES },
) {
  const aws = async () => ({
    live,
    estates: NO_ESTATES,
    organizations: NO_ORGANIZATIONS,
    references,
    examine: async () => [],
    serviceControl: async () => new Map(),
    close: () => undefined,
  });
  return cli(["plan", root, "--config", "x.yaml", ...argv], { installation: { aws, config: TEST_CONFIG } });
}
