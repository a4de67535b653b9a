import { accountOf, addRole, type WorldState } from "../world.ts";
import { deployConsole, deployByScript, deployCloudFormation } from "./deployers/by-hand.ts";
import { deployCdk } from "./deployers/cdk.ts";
import type { Deploy } from "./deployers/deploy.ts";
import { deploySam } from "./deployers/sam.ts";
import { deployServerless } from "./deployers/serverless.ts";
import { deployTerraform } from "./deployers/terraform.ts";
import {
  arnOfFunction,
  arnOfRole,
  type Deployment,
  type FunctionDraft,
  type PolicyDraft,
  type Site,
} from "./draft.ts";
import type { Deployer } from "./deployer.ts";
import { DELETED_CALLER } from "./modifiers/function.ts";
import { MODIFIERS } from "./modifiers/modifiers.ts";
import { FOREIGN_BOUNDARY } from "./modifiers/role.ts";
import { Names } from "./names.ts";
import { SeededRandom } from "./random.ts";
import { writeReferenced } from "./referenced.ts";
import { ALL_SITUATIONS, IMPLIED, SITUATIONS, type Situation } from "./situations.ts";
import { terraformStateOf } from "./terraform-state.ts";
import { type EstateUnit, unitsOf } from "./units.ts";
import { writeDenials, writeFunction, writePolicy, writeRoles, writeRules, writeStacks } from "./writing.ts";

export interface EstateSeed {
  readonly accountId: string;
  readonly region: string;
  /** The number of functions. */
  readonly functions: number;
  readonly seed: number;
}

/** What a function of the estate is: the answer that an import has to find. */
interface EstateEntry {
  readonly name: string;
  readonly arn: string;
  readonly deployer: Deployer;
  /** In the order of `SITUATIONS`; empty: an ordinary function. */
  readonly situations: readonly Situation[];
  readonly roleArn: string;
  /** Null: no stack. A replica is in none: CloudFormation knows its master. */
  readonly stackName: string | null;
  /** `aws_lambda_function.worker["eu"]`; null: not in the state of Terraform. */
  readonly terraformAddress: string | null;
}

export interface GeneratedEstate {
  /** Sorted by name. */
  readonly functions: readonly EstateEntry[];
  readonly terraformState: string;
}

const DEPLOY: Readonly<Record<Deployer, Deploy>> = {
  cdk: deployCdk,
  cloudformation: deployCloudFormation,
  console: deployConsole,
  sam: deploySam,
  serverless: deployServerless,
  terraform: deployTerraform,
  unknown: deployByScript,
};

/**
 * Adds the functions, roles, policies and stacks of several teams and tools to an account. The same seed and the same
 * world make the same estate.
 */
export function addEstate(
  world: WorldState,
  { accountId, region, functions: count, seed }: EstateSeed,
): GeneratedEstate {
  const account = accountOf(world, accountId);
  const random = new SeededRandom(seed);
  const site: Site = { accountId, region, partition: account.partition, random, names: new Names(random) };
  const deployments = unitsOf(count, random).map((unit) => deployed(site, unit));
  const drafts = deployments.flatMap(({ functions }) => functions);
  for (const policy of [FOREIGN_BOUNDARY, ...deployments.flatMap(({ policies }) => policies)])
    writePolicy(world, site, policy);
  writeRoles(world, site, drafts);
  addRole(world, { accountId, name: DELETED_CALLER });
  for (const draft of drafts) writeFunction(world, site, draft);
  delete account.iam.roles[DELETED_CALLER];
  writeDenials(world, site, drafts);
  writeReferenced(world, site, drafts);
  writeStacks(world, site, drafts);
  writeRules(world, site, drafts);
  raiseQuotas(world, accountId);
  const entries = drafts.map((draft) => entryOf(site, draft));
  return {
    functions: entries.sort((left, right) => (left.name < right.name ? -1 : 1)),
    terraformState: terraformStateOf(site, drafts),
  };
}

function deployed(site: Site, unit: EstateUnit): Deployment {
  const { functions, policies } = isShared(unit) ? onOneRole(site, unit) : deployedTogether(site, unit);
  const [first] = functions;
  if (first === undefined) throw new Error("a deployment creates at least one function");
  const applied = Object.entries(MODIFIERS).filter(([name]) => unit.situations.includes(name as Situation));
  const added: PolicyDraft[] = [];
  for (const [, modify] of applied) modify?.(first, site, added);
  for (const situation of unit.situations) mark(situation, first);
  const implied = IMPLIED[unit.deployer];
  for (const draft of functions) {
    if (implied !== undefined) mark(implied, draft);
    if (draft.terraformAddress?.key !== undefined && draft.terraformAddress.key !== null)
      mark("terraform-for-each", draft);
  }
  return { functions, policies: [...policies, ...added] };
}

function isShared({ situations }: EstateUnit): boolean {
  return situations.includes("shared-role");
}

function mark(situation: Situation, draft: FunctionDraft): void {
  (SITUATIONS[situation].of === "role" ? draft.role : draft).situations.add(situation);
}

function deployedTogether(site: Site, unit: EstateUnit): Deployment {
  const { deployer, count, situations } = unit;
  const made = DEPLOY[deployer](site, { count, hasLongestName: situations.includes("longest-name") });
  const isOrdinary = situations.length === 0;
  if (isOrdinary && site.random.isIn(20)) for (const draft of made.functions) draft.hasAlias = true;
  return made;
}

/** Functions that were deployed one by one, on the role of the first. */
function onOneRole(site: Site, unit: EstateUnit): Deployment {
  const all = Array.from({ length: unit.count }, () => deployedTogether(site, { ...unit, count: 1 }));
  const functions = all.flatMap((one) => one.functions);
  const role = functions[0]?.role;
  if (role !== undefined) for (const draft of functions) draft.role = role;
  return { functions, policies: all.flatMap(({ policies }) => policies) };
}

function entryOf(site: Site, draft: FunctionDraft): EstateEntry {
  const { name, deployer, role, stack, terraformAddress: address, situations } = draft;
  const key = address?.key ?? null;
  return {
    name,
    arn: arnOfFunction(site, name),
    deployer,
    situations: ALL_SITUATIONS.filter((each) => situations.has(each) || role.situations.has(each)),
    roleArn: arnOfRole(site, role),
    stackName: draft.masterArn === undefined ? (stack?.name ?? null) : null,
    terraformAddress:
      address === undefined
        ? null
        : `aws_lambda_function.${address.name}${key === null ? "" : `[${JSON.stringify(key)}]`}`,
  };
}

/** An account that holds so much has had its quotas raised; both can be raised to 5,000. */
function raiseQuotas(world: WorldState, accountId: string): void {
  const { iam } = accountOf(world, accountId);
  if (Object.keys(iam.roles).length > 900) iam.quotas.RolesQuota = 5_000;
  if (Object.keys(iam.policies).length > 1_400) iam.quotas.PoliciesQuota = 5_000;
}
