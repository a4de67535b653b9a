import { CreatePolicyCommand, CreateRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  UpdateFunctionConfigurationCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import type { Estate } from "../support/installation/estate.ts";
import { LAMBDA_TRUST } from "../support/installation/simulated.ts";
import type { Moto } from "./moto.ts";

/** The same world as the simulator's, made by calls: boundaries, Grantkeeper's own roles, and the functions. */
export async function seedMoto(moto: Moto, { world }: Estate): Promise<void> {
  for (const account of Object.values(world.accounts)) {
    const { iam, lambda } = await moto.consoleOf(account.id);
    for (const policy of Object.values(account.iam.policies)) await createPolicy(iam, policy);
    for (const { name, path } of Object.values(account.iam.roles)) await createRole(iam, name, path);
    const functions = Object.values(account.lambda["eu-west-1"]?.functions ?? {});
    if (functions.length === 0) continue;
    await createRole(iam, "deployer", "/");
    for (const { name, versions } of functions)
      await createFunction(lambda, {
        name,
        accountId: account.id,
        roleArn: versions["$LATEST"]?.Role ?? "",
      });
  }
}

async function createPolicy(
  iam: IAMClient,
  policy: {
    readonly name: string;
    readonly path: string;
    readonly versions: readonly { document: string }[];
  },
): Promise<void> {
  const PolicyDocument = policy.versions[0]?.document ?? "";
  await iam.send(new CreatePolicyCommand({ PolicyName: policy.name, Path: policy.path, PolicyDocument }));
}

export async function createRole(iam: IAMClient, RoleName: string, Path: string): Promise<void> {
  await iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: LAMBDA_TRUST }));
}

/** Deployed on the role `deployer`, then set to the one that Grantkeeper is to make: moto does not look there. */
export async function createFunction(
  lambda: LambdaClient,
  {
    name,
    accountId,
    roleArn,
  }: { readonly name: string; readonly accountId: string; readonly roleArn: string },
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: `arn:aws:iam::${accountId}:role/deployer`,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: Buffer.from("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==", "base64") },
    }),
  );
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Role: roleArn }));
}
