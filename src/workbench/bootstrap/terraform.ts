import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import type { CallAs, OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { FoundObserver, ReaderRole } from "./account-sets.ts";
import { observerTemplate } from "./cloudformation.ts";
import type { OwnManagedPolicy, OwnRole } from "./own-role.ts";
import type { AccountRoles, BasePolicy, Bootstrap, BoundaryPolicy } from "./own-roles.ts";
import { foundStackSet } from "./stack-sets.ts";

type Blocks = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** A configuration in Terraform's JSON syntax, for a file whose name ends in `.tf.json`. */
export interface TerraformFile {
  readonly terraform: object;
  readonly resource: Blocks;
}

/** The provider of one account; null: the default one. */
interface TerraformScope {
  /** Before the names of the resources. */
  readonly prefix: string;
  readonly provider: string | null;
}

/**
 * A module. With one account it uses the default provider; with an organization it needs a provider for each account and
 * each reader, and those of the base role and of the management account.
 * @see https://developer.hashicorp.com/terraform/language/syntax/json
 */
export function terraformFile(bootstrap: Bootstrap, settings: OwnRoleSettings): TerraformFile {
  const { accounts, accountSets, base, instance } = bootstrap;
  if (base === null) {
    const here = { prefix: "", provider: null };
    return file(
      [],
      accounts.map((account) => accountBlocks(account, here)),
    );
  }
  const places = accounts.map(({ account }) => `account_${identifier(account)}`);
  const blocks = accounts.map((account, at) => {
    const name = places[at] ?? "";
    return accountBlocks(account, { prefix: `${name}_`, provider: `aws.${name}` });
  });
  const { readers, observers } = accountSets;
  return file(
    [...places, ...readers.map(readerPlace), BASE, ORGANIZATION],
    [
      ...blocks,
      ...readers.map(readerBlocks),
      baseBlocks(base),
      ...observers.map((observer) => observerBlocks(observer, { instance, ...settings })),
      organizationBlocks(bootstrap, settings),
    ],
  );
}

const BASE = "grantkeeper_base";
const ORGANIZATION = "organization";

function file(aliases: readonly string[], blocks: readonly Blocks[]): TerraformFile {
  const configured = aliases.map((alias) => `aws.${alias}`);
  return {
    terraform: {
      required_providers: {
        aws: {
          source: "hashicorp/aws",
          ...(configured.length > 0 && { configuration_aliases: configured }),
        },
      },
    },
    resource: merged(blocks),
  };
}

function merged(blocks: readonly Blocks[]): Blocks {
  const types = [...new Set(blocks.flatMap((block) => Object.keys(block)))];
  return Object.fromEntries(
    types.map((type) => [
      type,
      Object.assign({}, ...blocks.map((block) => block[type] ?? {})) as Blocks[string],
    ]),
  );
}

function accountBlocks({ boundaries, roles }: AccountRoles, place: TerraformScope): Blocks {
  const policies = boundaries.map((boundary) => [
    `${place.prefix}boundary_${identifier(boundary.name)}`,
    { ...providerOf(place), ...boundaryBlock(boundary) },
  ]);
  const boundaryBlocks = { aws_iam_policy: Object.fromEntries(policies) as Blocks[string] };
  return merged([boundaryBlocks, ...roles.map((role) => roleBlocks(role, place))]);
}

function roleBlocks(role: OwnRole, place: TerraformScope): Blocks {
  const id = `${place.prefix}${role.identity}`;
  const provider = providerOf(place);
  const name = `\${aws_iam_role.${id}.name}`;
  return {
    aws_iam_role: { [id]: { ...provider, ...roleBlock(role) } },
    ...(role.managedPolicies.length === 0
      ? {
          aws_iam_role_policy: {
            [id]: { ...provider, name: role.identity, role: name, policy: jsonText(role.policy) },
          },
        }
      : managedPolicyBlocks(role.managedPolicies, { id, role: name, provider })),
  };
}

/** The parts of a policy, and their attachment to its role. */
function managedPolicyBlocks(
  policies: readonly OwnManagedPolicy[],
  { id, role, provider }: { readonly id: string; readonly role: string; readonly provider: object },
): Blocks {
  const ids = policies.map((policy, at) => ({ ...policy, key: `${id}_${at + 1}` }));
  return {
    aws_iam_policy: Object.fromEntries(
      ids.map(({ key, name, path, document }) => [
        key,
        { ...provider, name, path, policy: jsonText(document) },
      ]),
    ),
    aws_iam_role_policy_attachment: Object.fromEntries(
      ids.map(({ key }) => [key, { ...provider, role, policy_arn: `\${aws_iam_policy.${key}.arn}` }]),
    ),
  };
}

function readerPlace({ accountSets: [first = ""] }: ReaderRole): string {
  return `reader_${identifier(first)}`;
}

function readerBlocks(reader: ReaderRole): Blocks {
  const name = readerPlace(reader);
  return roleBlocks(reader.role, { prefix: `${name}_`, provider: `aws.${name}` });
}

/**
 * The stack set that creates the observer in every found account.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudformation_stack_set
 */
function observerBlocks(
  observer: FoundObserver,
  { instance, callAs }: { readonly instance: string; readonly callAs: CallAs },
): Blocks {
  const { accountSets, units, except } = observer;
  const id = `observers_${identifier(accountSets[0] ?? "")}`;
  const { name, description } = foundStackSet(observer, instance);
  const provider = `aws.${ORGANIZATION}`;
  const administrator = callAs === "SELF" ? {} : { call_as: callAs };
  const stackSet = {
    provider,
    ...administrator,
    name,
    description: literal(description),
    permission_model: "SERVICE_MANAGED",
    auto_deployment: { enabled: true, retain_stacks_on_account_removal: false },
    capabilities: ["CAPABILITY_NAMED_IAM"],
    template_body: jsonText(observerTemplate(observer, instance)),
    // The provider sets it also where AWS manages the permissions.
    lifecycle: { ignore_changes: ["administration_role_arn"] },
  };
  const targets = {
    organizational_unit_ids: units,
    ...(except.length > 0 && { account_filter_type: "DIFFERENCE", accounts: except }),
  };
  const instances = {
    provider,
    ...administrator,
    stack_set_name: `\${aws_cloudformation_stack_set.${id}.name}`,
    deployment_targets: targets,
  };
  return {
    aws_cloudformation_stack_set: { [id]: stackSet },
    ...(units.length > 0 && { aws_cloudformation_stack_set_instance: { [id]: instances } }),
  };
}

function providerOf({ provider }: TerraformScope): object {
  return provider === null ? {} : { provider };
}

function boundaryBlock({ name, path, description, document }: BoundaryPolicy): object {
  return {
    name,
    path,
    ...(description !== "" && { description: literal(description) }),
    policy: jsonText(document),
    lifecycle: { prevent_destroy: true },
  };
}

function roleBlock({ name, path, description, trust }: OwnRole): object {
  return {
    name,
    path,
    description: literal(description),
    max_session_duration: 3_600,
    assume_role_policy: jsonText(trust),
  };
}

/** The base role itself belongs to the installation of the process. */
function baseBlocks({ roleArn, policy, managedPolicies }: BasePolicy): Blocks {
  const provider = { provider: `aws.${BASE}` };
  const role = nameInArn(arnParts(roleArn).resource);
  if (managedPolicies.length > 0) return managedPolicyBlocks(managedPolicies, { id: BASE, role, provider });
  const block = { ...provider, name: "grantkeeper", role, policy: jsonText(policy) };
  return { aws_iam_role_policy: { [BASE]: block } };
}

function organizationBlocks(
  { instance, serviceControlPolicy }: Bootstrap,
  { organizationalUnits }: OwnRoleSettings,
): Blocks {
  const provider = `aws.${ORGANIZATION}`;
  const policy = {
    provider,
    name: `grantkeeper-${instance}`,
    description: `Protects the roles and boundaries of Grantkeeper ${instance}`,
    type: "SERVICE_CONTROL_POLICY",
    content: jsonText(serviceControlPolicy),
  };
  const attached = organizationalUnits.map((unit) => [
    identifier(unit),
    { provider, policy_id: "${aws_organizations_policy.grantkeeper.id}", target_id: unit },
  ]);
  return {
    aws_organizations_policy: { grantkeeper: policy },
    ...(attached.length > 0 && {
      aws_organizations_policy_attachment: Object.fromEntries(attached) as Record<string, object>,
    }),
  };
}

/** Two underscores, because one divides the names in an address: so two addresses never become one. */
function identifier(name: string): string {
  return name.replaceAll(".", "__");
}

/** `${` and `%{` begin an expression of Terraform, in every string; policies have variables of their own. */
function literal(text: string): string {
  return text.replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
}

export function jsonText(document: unknown): string {
  return literal(JSON.stringify(document));
}
