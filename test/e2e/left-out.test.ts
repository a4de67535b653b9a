import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ReconcileRequest } from "../../src/controller/ports/control.ts";
import { parseKey, type Key } from "../../src/model/keys/key.ts";
import { CALLED_BY_TOPIC, estate, functions, keyOf, PROD } from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import { startLeavingOut, type LeavingOut, type LeftOut } from "../support/installation/leaving-out.ts";
import { allKeys } from "../support/record/all-keys.ts";

const POLICY = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: shared-read}
spec:
  use: attach
  description: What every function of orders reads
  document:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:eu-west-1:${PROD}:table/orders"}]
`;

const SPEC =
  "  role: {description: Reads the orders, maxSessionDuration: 2h}\n  managedPolicies: [platform/shared-read]\n" +
  CALLED_BY_TOPIC;

const POLICY_KEY = parsedKey(`policy/${PROD}/platform/shared-read`);

const FILES = estate({ "platform/shared-read.yaml": POLICY, ...functions(["a"], SPEC) });

/** Fields that AWS always sends, and fields that it sends only in some answers: their absence is no fact about the object. */
const PARTS: readonly LeftOut[] = [
  ...[
    "RoleDetailList",
    "Policies",
    "CreateDate",
    "RolePolicyList",
    "AttachedManagedPolicies",
    "InstanceProfileList",
    "Tags",
    "RoleLastUsed",
    "PermissionsBoundary",
    "PolicyVersionList",
    "AttachmentCount",
    "PermissionsBoundaryUsageCount",
  ].map((element) => ({ operation: "GetAccountAuthorizationDetails", element })),
  { operation: "ListRoles", element: "Roles" },
  { operation: "ListRoles", element: "MaxSessionDuration" },
  { operation: "GetRole", element: "MaxSessionDuration" },
  { operation: "GetRole", element: "RoleLastUsed" },
  { operation: "ListRolePolicies", element: "PolicyNames" },
  { operation: "ListAttachedRolePolicies", element: "AttachedPolicies" },
  { operation: "ListInstanceProfilesForRole", element: "InstanceProfiles" },
  { operation: "lambda", element: "Functions" },
  { operation: "lambda", element: "RevisionId" },
  { operation: "lambda", element: "Policy" },
];

/** A converged account: any drift, and any write, comes from the part that is not there. */
describe("an AWS whose answers lack a part", () => {
  let installation: Installation;
  let between: LeavingOut;

  beforeAll(async () => {
    installation = await Installation.start({
      files: FILES,
      aws: async ({ simulator, estate: { base } }) => {
        between = await startLeavingOut(simulator.endpoint);
        return { endpoint: between.endpoint, accessKey: base, close: () => between.close() };
      },
    });
    await installation.converge();
  });
  afterAll(() => installation.stop());

  test.each(PARTS)("$element of $operation: no write, no drift, nothing stalled", async (part) => {
    const before = (await installation.entries()).length;

    between.leaveOut(part);
    await seen({ kind: "all" });
    await seen({ kind: "keys", keys: [keyOf("a"), POLICY_KEY] });
    const changed = between.changed();
    const stalled = await stalledKeys();
    between.leaveOut(null);
    await installation.look();

    const entries = (await installation.entries()).slice(before);
    expect(changed).toBeGreaterThan(0);
    expect(stalled).toEqual([]);
    expect(entries.filter(({ kind }) => /^(write|drift|plan)-/.test(kind))).toEqual([]);
    expect(await states()).toEqual(["Synced", "Synced", "Synced"]);
  });

  /** A pass over these keys has ended, be it with a failure of the account. */
  const seen = async (request: ReconcileRequest): Promise<void> => {
    const asked = await installation.control.reconcile(request, "test");
    if (asked.kind === "err") throw new Error(asked.error.message);
    const { token } = asked.value;
    await installation.until("a pass has ended", async () => {
      if (installation.control.reconciled(token)?.done === true) return true;
      const { accounts } = await installation.overview();
      return accounts.some(({ record }) => record !== null && record.failing !== null);
    });
  };

  const stalledKeys = async (): Promise<readonly string[]> => {
    const records = await allKeys(installation.store);
    const conditions = await Promise.all(records.map(({ key }) => installation.condition(key, "Stalled")));
    return conditions.flatMap((found) =>
      found?.status === "True" ? [`${found.reason}: ${found.message}`] : [],
    );
  };

  const states = async (): Promise<readonly (string | undefined)[]> =>
    (await allKeys(installation.store)).map(({ status }) => status?.sync);
});

function parsedKey(text: string): Key {
  const key = parseKey(text);
  if (key === undefined) throw new Error(`"${text}" is not a key`);
  return key;
}
