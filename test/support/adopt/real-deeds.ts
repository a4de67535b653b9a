/** What other tools and people do with functions and roles while they are adopted, with the real SDK. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  AttachRolePolicyCommand,
  PutRolePolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import type { Role } from "../../../src/simulator/iam/state.ts";
import { SEEDED_CODE } from "../../../src/simulator/lambda/seeded-code.ts";

/** One function, its role as it was at first, and the one that Git declares. */
export interface DeedScene {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly functionName: string;
  readonly oldRoleArn: string;
  readonly declaredRoleArn: string;
  /** Copies of what they are now; undefined: the role does not exist. */
  readonly oldRole: Role | undefined;
  readonly declaredRole: Role | undefined;
  /** The role that it runs on; undefined: the function does not exist. */
  readonly roleArn: string | undefined;
}

/** A permission that Git declares for no function. */
export const DEPLOYED_LATER = documentOf(
  "Allow",
  "sns:Publish",
  "arn:aws:sns:eu-west-1:111122223333:deployed-later",
);
const WIDENING = "zz-widened";
const COPY = "zz-deploy";
const CODE = Buffer.from(SEEDED_CODE, "base64");

/** Of which one is done at a time, by several calls where AWS needs them. */
export const REAL_DEEDS = {
  "deploys-code": async ({ lambda, functionName: FunctionName }) => {
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: CODE }));
  },
  "sets-old-role": (scene) => setRole(scene, scene.oldRoleArn),
  "sets-declared-role": async (scene) => {
    // The deployer waits until the role is complete.
    if (Object.keys(scene.declaredRole?.inline ?? {}).length > 0) await setRole(scene, scene.declaredRoleArn);
  },
  "deletes-function": async ({ lambda, functionName: FunctionName }) => {
    await lambda.send(new DeleteFunctionCommand({ FunctionName }));
  },
  "creates-function": async ({ lambda, functionName: FunctionName, oldRoleArn: Role, roleArn }) => {
    if (roleArn !== undefined) return;
    const code = { Runtime: "nodejs24.x", Handler: "index.handler", Code: { ZipFile: CODE } } as const;
    await lambda.send(new CreateFunctionCommand({ FunctionName, Role, ...code }));
  },
  "adds-policy": async ({ iam, oldRole }) => {
    const [text = DEPLOYED_LATER] = Object.values(oldRole?.inline ?? {});
    await putPolicy(iam, oldRole, { name: COPY, text });
  },
  // Then the declared role does not grant the same any more.
  "widens-old-role": ({ iam, oldRole }) => putPolicy(iam, oldRole, { name: WIDENING, text: DEPLOYED_LATER }),
  "narrows-old-role": ({ iam, oldRole }) => deletePolicy(iam, oldRole, WIDENING),
  "drops-policy": ({ iam, oldRole }) => deletePolicy(iam, oldRole, Object.keys(oldRole?.inline ?? {}).at(-1)),
  "recreates-old-role": async ({ iam, oldRole }) => {
    // A principal that is stored by its id cannot be named again.
    if (oldRole === undefined || /A(RO|ID)A[A-Z0-9]{6}/.test(oldRole.trust)) return;
    await recreateRole(iam, oldRole);
  },
  // It is still Grantkeeper's: a switch that does not wait until it is complete again would lose permissions.
  "empties-declared-role": async (scene) => {
    const { iam, declaredRole, roleArn, declaredRoleArn } = scene;
    if (declaredRole !== undefined && roleArn !== declaredRoleArn) await emptyRole(iam, declaredRole);
  },
  // Only an approval removes the denial.
  "denies-on-declared-role": async ({ iam, declaredRole, roleArn, declaredRoleArn }) => {
    if (roleArn === declaredRoleArn) return;
    await putPolicy(iam, declaredRole, { name: "aa-incident", text: documentOf("Deny", "*", "*") });
  },
} as const satisfies Readonly<Record<string, (scene: DeedScene) => Promise<void>>>;

export type RealDeed = keyof typeof REAL_DEEDS;

/** While no process of Grantkeeper runs. A created function weighs more, so that few are missing. */
export const BETWEEN_STARTS: readonly RealDeed[] = [
  ...(Object.keys(REAL_DEEDS) as RealDeed[]),
  "creates-function",
  "empties-declared-role",
  "denies-on-declared-role",
];
/** At any moment. IAM has no conditional writes, so the policies stay as Grantkeeper read them. */
export const AT_ANY_MOMENT: readonly RealDeed[] = [
  "deploys-code",
  "sets-old-role",
  "deletes-function",
  "creates-function",
];

async function setRole({ lambda, functionName: FunctionName }: DeedScene, Role: string): Promise<void> {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Role }));
}

interface Inline {
  readonly name: string;
  readonly text: string;
}

async function putPolicy(iam: IAMClient, role: Role | undefined, { name, text }: Inline): Promise<void> {
  if (role === undefined) return;
  const policy = { PolicyName: name, PolicyDocument: text };
  await iam.send(new PutRolePolicyCommand({ RoleName: role.name, ...policy }));
}

async function deletePolicy(iam: IAMClient, role: Role | undefined, name: string | undefined): Promise<void> {
  if (role?.inline[name ?? ""] === undefined) return;
  await iam.send(new DeleteRolePolicyCommand({ RoleName: role.name, PolicyName: name }));
}

async function emptyRole(iam: IAMClient, { name: RoleName, inline, attached }: Role): Promise<void> {
  for (const PolicyName of Object.keys(inline))
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  for (const PolicyArn of attached) await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
}

/** The same policies, and no tags of others. */
async function recreateRole(iam: IAMClient, before: Role): Promise<void> {
  const { name: RoleName, path: Path, trust, boundaryArn, inline, attached } = before;
  await emptyRole(iam, before);
  await iam.send(new DeleteRoleCommand({ RoleName }));
  const boundary = boundaryArn === undefined ? {} : { PermissionsBoundary: boundaryArn };
  await iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: trust, ...boundary }));
  for (const [name, text] of Object.entries(inline)) await putPolicy(iam, before, { name, text });
  for (const PolicyArn of attached) await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
}

function documentOf(effect: "Allow" | "Deny", action: string, resource: string): string {
  const statement = { Effect: effect, Action: action, Resource: resource };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
