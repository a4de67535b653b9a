import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import type { OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { AccountRoles, Bootstrap, BoundaryPolicy, OwnRole } from "./own-roles.ts";

type Blocks = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** A configuration in Terraform's JSON syntax, for a file whose name ends in `.tf.json`. */
export interface TerraformFile {
  readonly terraform: object;
  readonly resource: Blocks;
}

/** The provider of one account; null: the default one. */
interface Place {
  /** Before the names of the resources. */
  readonly prefix: string;
  readonly provider: string | null;
}

/**
 * A module. With one account it uses the default provider; with an organization it needs a provider for each account,
 * and those of the base role and of the management account.
 * @see https://developer.hashicorp.com/terraform/language/syntax/json
 */
export function terraformFile(bootstrap: Bootstrap, settings: OwnRoleSettings): TerraformFile {
  const { accounts, base } = bootstrap;
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
  return file(
    [...places, BASE, ORGANIZATION],
    [...blocks, baseBlocks(base), organizationBlocks(bootstrap, settings)],
  );
}

const BASE = "grantkeeper_base";
const ORGANIZATION = "organization";

function file(aliases: readonly string[], blocks: readonly Blocks[]): TerraformFile {
  const configured = aliases.map((alias) => `aws.${alias}`);
  const types = [...new Set(blocks.flatMap((block) => Object.keys(block)))];
  return {
    terraform: {
      required_providers: {
        aws: {
          source: "hashicorp/aws",
          ...(configured.length > 0 && { configuration_aliases: configured }),
        },
      },
    },
    resource: Object.fromEntries(
      types.map((type) => [type, Object.assign({}, ...blocks.map((block) => block[type] ?? {})) as object]),
    ) as Blocks,
  };
}

function accountBlocks({ boundaries, roles }: AccountRoles, place: Place): Blocks {
  const named = <T>(values: readonly T[], nameOf: (value: T) => string, blockOf: (value: T) => object) =>
    Object.fromEntries(
      values.map((value) => [`${place.prefix}${nameOf(value)}`, { ...providerOf(place), ...blockOf(value) }]),
    );
  return {
    aws_iam_policy: named(boundaries, ({ name }) => `boundary_${identifier(name)}`, boundaryBlock),
    aws_iam_role: named(roles, ({ identity }) => identity, roleBlock),
    aws_iam_role_policy: named(
      roles,
      ({ identity }) => identity,
      (role) => policyBlock(role, place),
    ),
  };
}

function providerOf({ provider }: Place): object {
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

function policyBlock({ identity, policy }: OwnRole, { prefix }: Place): object {
  return { name: identity, role: `\${aws_iam_role.${prefix}${identity}.name}`, policy: jsonText(policy) };
}

/** The base role itself belongs to the installation of the process. */
function baseBlocks({ roleArn, policy }: NonNullable<Bootstrap["base"]>): Blocks {
  const block = {
    provider: `aws.${BASE}`,
    name: "grantkeeper",
    role: nameInArn(arnParts(roleArn).resource),
    policy: jsonText(policy),
  };
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

function jsonText(document: unknown): string {
  return literal(JSON.stringify(document));
}
