import {
  AttachRolePolicyCommand,
  CreatePolicyVersionCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { GetPolicyCommand, RemovePermissionCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  keyOf,
  PROD,
  READ_ORDERS,
  roleNameOf,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { Installation } from "../support/installation/installation.ts";
import type { InstallationOptions } from "../support/installation/installation-options.ts";
import { allow, trustOf } from "../support/installation/simulated.ts";
import { BASE_KEY, startMoto, type Moto } from "./moto.ts";
import { seedMoto } from "./moto-estate.ts";
import { allKeys } from "../support/record/all-keys.ts";

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const XRAY = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess";

const policyOf = (actions: string): string => `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: shared-read}
spec:
  use: attach
  description: What every function of orders reads
  document:
    Version: "2012-10-17"
    Statement: [{Effect: Allow, Action: [${actions}], Resource: "arn:aws:dynamodb:eu-west-1:${PROD}:table/orders"}]
`;

const filesWith = (spec: string, actions = "dynamodb:GetItem") =>
  estate({
    "platform/shared-read.yaml": policyOf(actions),
    ...functions(["a", "b"], `  managedPolicies: [platform/shared-read, "${XRAY}"]\n${spec}`),
  });

const SHARED = `arn:aws:iam::${PROD}:policy/grantkeeper/gk_platform_shared-read`;
const ROLE = { RoleName: roleNameOf("a") };
const FILES = filesWith(READ_ORDERS + CALLED_BY_TOPIC);

interface Console {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
}

let moto: Moto;
let installation: Installation;
let account: Console;

/** Who plays AWS: the same scenarios pass with the simulator and with an emulator that is not ours. */
const PEERS = {
  simulator: async (options: Omit<InstallationOptions, "files">): Promise<void> => {
    installation = await Installation.start({ files: FILES, ...options });
    account = installation.consoleOf(PROD);
  },
  moto: async (options: Omit<InstallationOptions, "files">): Promise<void> => {
    await moto.reset();
    installation = await Installation.start({
      files: FILES,
      ...options,
      aws: async ({ estate: seeded }) => {
        await seedMoto(moto, seeded);
        return { endpoint: moto.endpoint, accessKey: BASE_KEY, close: () => Promise.resolve() };
      },
    });
    account = await moto.consoleOf(PROD);
  },
} as const;

const writesOf = async (change: () => Promise<unknown>): Promise<readonly string[]> => {
  const before = (await installation.intents()).length;
  await change();
  await installation.settled();
  return (await installation.intents()).slice(before);
};

const states = async (): Promise<readonly (string | undefined)[]> =>
  (await allKeys(installation.store)).map(({ status }) => status?.sync);

const inlineOf = async (PolicyName: string): Promise<string> => {
  const { PolicyDocument } = await account.iam.send(new GetRolePolicyCommand({ ...ROLE, PolicyName }));
  return decodeURIComponent(PolicyDocument ?? "");
};

beforeAll(async () => {
  moto = await startMoto();
}, 120_000);
afterAll(() => moto.close());

describe.each(["simulator", "moto"] as const)(
  "an account of %s that Grantkeeper does not know yet",
  (peer) => {
    const start = PEERS[peer];

    afterEach(() => installation.stop());

    test("is compared without a write in observe", async () => {
      await start({ mode: "observe" });
      await installation.settled();

      expect(await installation.intents()).toEqual([]);
      expect((await installation.condition(keyOf("a"), "Drifted"))?.status).toBe("True");
    });

    test("waits for an approval before the first write", async () => {
      await start({ mode: "enforce" });
      await installation.settled();

      expect(await installation.intents()).toEqual([]);
      expect(await installation.holds()).toHaveLength(1);
    });
  },
);

/** One installation for all of them: each test ends as it began, with what `FILES` declare. */
describe.each(["simulator", "moto"] as const)("a converged account of %s", (peer) => {
  const start = PEERS[peer];

  beforeAll(async () => {
    await start({ mode: "enforce" });
    await installation.converge();
  }, 120_000);
  afterAll(() => installation.stop());

  test("has what is declared", async () => {
    const { Role } = await account.iam.send(new GetRoleCommand(ROLE));
    const { AttachedPolicies } = await account.iam.send(new ListAttachedRolePoliciesCommand(ROLE));
    const { Policy } = await account.lambda.send(new GetPolicyCommand({ FunctionName: "a" }));

    expect(await states()).toEqual(["Synced", "Synced", "Synced", "Synced"]);
    expect(await inlineOf("grantkeeper")).toContain("dynamodb:GetItem");
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toMatch(/policy\/.*platform-default$/);
    expect(AttachedPolicies?.map(({ PolicyArn }) => PolicyArn).sort()).toEqual([SHARED, XRAY].sort());
    expect(Policy).toContain("sns.amazonaws.com");
  });

  test("is read again, and by a controller that starts again, without a write", async () => {
    expect(await writesOf(() => installation.look())).toEqual([]);
    expect(await writesOf(() => installation.restart())).toEqual([]);
    expect(await states()).toEqual(["Synced", "Synced", "Synced", "Synced"]);
  });

  test.each<{ what: string; change: (at: Console) => Promise<unknown>; writes: readonly string[] }>([
    {
      what: "an inline policy that someone added",
      change: ({ iam }) =>
        iam.send(new PutRolePolicyCommand({ ...ROLE, PolicyName: "extra", PolicyDocument: allow("s3:*") })),
      writes: ["iam:DeleteRolePolicy"],
    },
    {
      what: "its inline policy, widened",
      change: ({ iam }) =>
        iam.send(
          new PutRolePolicyCommand({ ...ROLE, PolicyName: "grantkeeper", PolicyDocument: allow("*") }),
        ),
      writes: ["iam:PutRolePolicy"],
    },
    {
      what: "its inline policy, deleted",
      change: ({ iam }) => iam.send(new DeleteRolePolicyCommand({ ...ROLE, PolicyName: "grantkeeper" })),
      writes: ["iam:PutRolePolicy"],
    },
    {
      what: "AdministratorAccess",
      change: ({ iam }) => iam.send(new AttachRolePolicyCommand({ ...ROLE, PolicyArn: ADMIN })),
      writes: ["iam:DetachRolePolicy"],
    },
    {
      what: "a policy that someone detached",
      change: ({ iam }) => iam.send(new DetachRolePolicyCommand({ ...ROLE, PolicyArn: SHARED })),
      writes: ["iam:AttachRolePolicy"],
    },
    {
      what: "a trust policy for another account",
      change: ({ iam }) =>
        iam.send(
          new UpdateAssumeRolePolicyCommand({
            ...ROLE,
            PolicyDocument: trustOf({ AWS: "arn:aws:iam::999999999999:root" }),
          }),
        ),
      writes: ["iam:UpdateAssumeRolePolicy"],
    },
    {
      what: "another description and session length",
      change: ({ iam }) =>
        iam.send(new UpdateRoleCommand({ ...ROLE, Description: "mine", MaxSessionDuration: 7_200 })),
      writes: ["iam:UpdateRole"],
    },
    {
      what: "a boundary that is gone",
      change: ({ iam }) => iam.send(new DeleteRolePermissionsBoundaryCommand(ROLE)),
      writes: ["iam:PutRolePermissionsBoundary"],
    },
    {
      what: "a tag of a team",
      change: ({ iam }) =>
        iam.send(new TagRoleCommand({ ...ROLE, Tags: [{ Key: "cost-center", Value: "1" }] })),
      writes: ["iam:UntagRole"],
    },
    {
      what: "a statement of the resource policy that someone removed",
      change: async ({ lambda }) => {
        const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: "a" }));
        const [StatementId] = [...(Policy ?? "").matchAll(/"Sid": ?"([^"]+)"/g)].map(([, sid]) => sid);
        return lambda.send(new RemovePermissionCommand({ FunctionName: "a", StatementId }));
      },
      writes: ["lambda:AddPermission"],
    },
    {
      what: "a new default version of its policy",
      change: ({ iam }) =>
        iam.send(
          new CreatePolicyVersionCommand({
            PolicyArn: SHARED,
            PolicyDocument: allow("*"),
            SetAsDefault: true,
          }),
        ),
      writes: ["iam:SetDefaultPolicyVersion"],
    },
  ])("loses out-of-band changes: $what", async ({ change, writes }) => {
    expect(await writesOf(() => change(account))).toEqual(writes);
    expect(await states()).toEqual(["Synced", "Synced", "Synced", "Synced"]);
  });

  test.each([
    {
      what: "another grant",
      files: filesWith(WRITE_ORDERS + CALLED_BY_TOPIC),
      writes: ["iam:PutRolePolicy", "iam:PutRolePolicy"],
    },
    {
      what: "a wider ManagedPolicy",
      files: filesWith(READ_ORDERS + CALLED_BY_TOPIC, "dynamodb:GetItem, dynamodb:Query"),
      writes: ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"],
    },
  ])("follows Git: $what", async ({ files, writes }) => {
    expect(await writesOf(() => installation.push(files))).toEqual(writes);
    expect(await states()).toEqual(["Synced", "Synced", "Synced", "Synced"]);
    await writesOf(() => installation.push(FILES));
    expect(await states()).toEqual(["Synced", "Synced", "Synced", "Synced"]);
  });
});
