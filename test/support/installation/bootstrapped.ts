import { CreatePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ownDocuments } from "../../../src/aws/own/declared.ts";
import { BASE_ACCOUNT, BASE_ROLE } from "../../../src/simulator/seed.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { accountOf, type WorldState } from "../../../src/simulator/world.ts";
import { accountTemplate } from "../../../src/workbench/bootstrap/cloudformation.ts";
import { accountBootstrap } from "../../../src/workbench/bootstrap/own-roles.ts";
import { INSTANCE } from "./compose.ts";
import type { Estate } from "./estate.ts";
import { ofTemplate, type Installed } from "../policies/bootstrap-content.ts";

const ORGANIZATION = "o-a1b2c3d4e5";
/** The customer managed key of functions in the account `prod`. */
export const FUNCTION_KEY = "arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SETTINGS = {
  baseRole: BASE_ROLE,
  organization: ORGANIZATION,
  organizationalUnits: [],
  deployers: [],
  functionKeys: { prod: [FUNCTION_KEY] },
};

/** Without Grantkeeper's own roles and the boundaries, in the organization of the base role. */
export function beforeBootstrap({ world }: Estate, accountId: string): void {
  accountOf(world, BASE_ACCOUNT).organizationId = ORGANIZATION;
  const { roles, policies } = accountOf(world, accountId).iam;
  for (const name of ["observer", "writer", "binder"]) delete roles[name];
  for (const [arn, { path }] of Object.entries(policies))
    if (path === "/grantkeeper-boundary/") delete policies[arn];
}

/** Creates what `bootstrap roles` prints for the account, as its administrator. @returns the world after it */
export async function bootstrapAccount(
  { simulator, estate }: { readonly simulator: Simulator; readonly estate: Estate },
  accountId: string,
): Promise<WorldState> {
  const key = estate.console.get(accountId);
  const account = [...estate.desired.accounts.values()].find(({ id }) => id === accountId);
  if (key === undefined || account === undefined)
    throw new Error(`account ${accountId} is not in this estate`);
  const documents = ownDocuments(estate.desired, { instance: INSTANCE, settings: SETTINGS });
  const inputs = { desired: estate.desired, documents, instance: INSTANCE, settings: SETTINGS };
  const [printed] = accountBootstrap([account], inputs).accounts;
  if (printed === undefined) throw new Error("nothing was printed");
  const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
  const iam = new IAMClient({
    endpoint: simulator.endpoint,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  await create(ofTemplate(accountTemplate(printed, INSTANCE)), iam);
  iam.destroy();
  return structuredClone(simulator.world);
}

/** Creates the roles and boundaries of a template. */
export async function create({ boundaries, roles }: Installed, iam: IAMClient): Promise<void> {
  for (const [PolicyName, { path, description, document }] of Object.entries(boundaries)) {
    const PolicyDocument = JSON.stringify(document);
    await iam.send(
      new CreatePolicyCommand({ PolicyName, Path: path, Description: description, PolicyDocument }),
    );
  }
  for (const [RoleName, { path, description, trust, policies }] of Object.entries(roles)) {
    const AssumeRolePolicyDocument = JSON.stringify(trust);
    await iam.send(
      new CreateRoleCommand({ RoleName, Path: path, Description: description, AssumeRolePolicyDocument }),
    );
    for (const [PolicyName, policy] of Object.entries(policies)) {
      const PolicyDocument = JSON.stringify(policy);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    }
  }
}
