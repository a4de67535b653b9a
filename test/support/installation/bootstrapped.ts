import { CreatePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { ownDocuments } from "../../../src/aws/own/declared.ts";
import { BASE_ACCOUNT, BASE_ROLE } from "../../../src/simulator/seed.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { accountOf, type AccessKey, type WorldState } from "../../../src/simulator/world.ts";
import {
  accountTemplate,
  type CloudFormationTemplate,
} from "../../../src/workbench/bootstrap/cloudformation.ts";
import type { BootstrapInputs } from "../../../src/workbench/bootstrap/own-role.ts";
import { accountBootstrap, organizationBootstrap } from "../../../src/workbench/bootstrap/own-roles.ts";
import { stackSetTemplate } from "../../../src/workbench/bootstrap/stack-sets.ts";
import { seedConsoleUser } from "../../../demo/seed.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import type { OwnSetup } from "../../../src/model/aws/own-roles.ts";
import type { ReferencePlace, ReferenceText } from "../../../src/model/aws/reference.ts";
import { INSTANCE } from "./compose.ts";
import { PROD, type Estate } from "./estate.ts";
import { ofTemplate, type Installed } from "../policies/bootstrap-content.ts";

const ORGANIZATION = "o-a1b2c3d4e5";
/** The customer managed key of functions in the account `prod`. */
export const FUNCTION_KEY = "arn:aws:kms:eu-west-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const SETTINGS = {
  baseRole: BASE_ROLE,
  organization: ORGANIZATION,
  organizationalUnits: ["r-1234"],
  deployers: [],
  callAs: "SELF" as const,
  functionKeys: { prod: [FUNCTION_KEY] },
  formerRoles: {},
  sources: [],
};
/** The options of `everything.ts`, whose manifests name these keys and values in AWS. */
const KEYS_AND_VALUES: OwnSetup = {
  instance: INSTANCE,
  settings: SETTINGS,
  references: referencesOfEverything(),
};

/** The option of `adopting.ts`: the binder may set these roles again. */
export function formerRolesSetup(formerRoles: readonly string[]): OwnSetup {
  const settings = { ...SETTINGS, functionKeys: {}, formerRoles: { prod: formerRoles } };
  return { instance: INSTANCE, settings };
}

/** The option of `looking-up.ts`: CloudTrail is asked who made a difference. */
export function lookupSetup(): OwnSetup {
  return { instance: INSTANCE, settings: { ...SETTINGS, functionKeys: {} }, lookupEvents: true };
}

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
  { simulator, estate }: Bootstrapping,
  accountId: string,
  setup: OwnSetup = KEYS_AND_VALUES,
): Promise<WorldState> {
  const account = [...estate.desired.accounts.values()].find(({ id }) => id === accountId);
  if (account === undefined) throw new Error(`account ${accountId} is not in this estate`);
  const [printed] = accountBootstrap([account], inputsOf(estate, setup)).accounts;
  if (printed === undefined) throw new Error("nothing was printed");
  await createAs(seededKey(estate.console, accountId), accountTemplate(printed, INSTANCE), simulator);
  return structuredClone(simulator.world);
}

/**
 * Creates what `bootstrap roles --organization` prints for account sets, as CloudFormation does: the reader in the account
 * of the stack, and the observer of the stack set in every member of the organization that is not excepted.
 */
export async function bootstrapSets({ simulator, estate }: Bootstrapping): Promise<void> {
  const printed = organizationBootstrap(inputsOf(estate));
  await createOrganization(stackSetTemplate(printed, SETTINGS), simulator);
}

/** The template of an organization: its readers, and the observers of its stack sets. */
export async function createOrganization(stack: CloudFormationTemplate, simulator: Simulator): Promise<void> {
  const { world } = simulator;
  const [organization] = Object.values(world.organizations ?? {});
  if (organization === undefined) throw new Error("the world has no organization");
  const { managementAccountId, members } = organization;
  const here = Object.entries(stack.Resources).filter(
    ([, { Type, Condition }]) => Type === "AWS::IAM::Role" && Condition !== undefined,
  );
  const administrator = seedConsoleUser(world, managementAccountId);
  await createAs(administrator, { ...stack, Resources: Object.fromEntries(here) }, simulator);
  for (const [id, { Properties }] of Object.entries(stack.Resources)) {
    if (!id.startsWith("Observers")) continue;
    const { TemplateBody, StackInstancesGroup } = Properties as {
      readonly TemplateBody: string;
      readonly StackInstancesGroup: readonly [
        { readonly DeploymentTargets: { readonly Accounts: readonly string[] } },
      ];
    };
    const excepted = [managementAccountId, ...StackInstancesGroup[0].DeploymentTargets.Accounts];
    for (const account of Object.keys(members).filter((member) => !excepted.includes(member)))
      await createAs(seedConsoleUser(world, account), resolved(TemplateBody, account), simulator);
  }
}

interface Bootstrapping {
  readonly simulator: Simulator;
  readonly estate: Estate;
}

/** As CloudFormation resolves `Fn::Sub`. */
function resolved(templateBody: string, accountId: string): CloudFormationTemplate {
  return JSON.parse(templateBody, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !("Fn::Sub" in value)) return value;
    return String(value["Fn::Sub"]).replaceAll("${AWS::AccountId}", accountId).replaceAll("${!", "${");
  }) as CloudFormationTemplate;
}

function referencesOfEverything(): readonly ReferencePlace[] {
  return ["stack.shared.TopicName", "ssm./shared/queue"].map((text) => ({
    accountId: PROD as AccountId,
    region: "eu-west-1" as Region,
    text: text as ReferenceText,
  }));
}

function inputsOf({ desired }: Estate, setup: OwnSetup = KEYS_AND_VALUES): BootstrapInputs {
  const { settings } = setup;
  if (settings === null) throw new Error("trust policies need settings");
  return { desired, documents: ownDocuments(desired, setup), instance: INSTANCE, settings };
}

function seededKey(console: Estate["console"], accountId: string): AccessKey {
  const key = console.get(accountId);
  if (key === undefined) throw new Error(`account ${accountId} has no administrator`);
  return key;
}

export async function createAs(
  key: AccessKey,
  template: CloudFormationTemplate,
  { endpoint }: Simulator,
): Promise<void> {
  const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
  const iam = new IAMClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  await create(ofTemplate(template), iam);
  iam.destroy();
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
