import type { AccountRoles, Bootstrap } from "../../../src/workbench/bootstrap/own-roles.ts";
import type { CloudFormationTemplate } from "../../../src/workbench/bootstrap/cloudformation.ts";
import type { TerraformFile } from "../../../src/workbench/bootstrap/terraform.ts";

/** What a file of `bootstrap roles` creates in one account, in any format. */
export interface Installed {
  /** By name of the role. */
  readonly roles: Readonly<Record<string, InstalledRole>>;
  /** By name of the policy. */
  readonly boundaries: Readonly<Record<string, InstalledPolicy>>;
}

interface InstalledRole {
  readonly path: string;
  readonly description: string;
  readonly trust: unknown;
  /** By name of the inline or managed policy. */
  readonly policies: Readonly<Record<string, unknown>>;
}

interface InstalledPolicy {
  readonly path: string;
  readonly description: string;
  readonly document: unknown;
}

type Properties = Readonly<Record<string, unknown>>;

export function ofJson({ accounts }: Bootstrap): readonly Installed[] {
  return accounts.map(ofAccount);
}

function ofAccount({ roles, boundaries }: AccountRoles): Installed {
  return {
    roles: Object.fromEntries(
      roles.map(({ name, path, description, trust, identity, policy, managedPolicies }) => {
        const parts = managedPolicies.map((part) => [part.name, part.document] as const);
        const policies = Object.fromEntries(parts.length === 0 ? [[identity, policy]] : parts);
        return [name, { path, description, trust, policies }];
      }),
    ),
    boundaries: Object.fromEntries(
      boundaries.map(({ name, path, description, document }) => [name, { path, description, document }]),
    ),
  };
}

export function ofTemplate({ Resources }: CloudFormationTemplate): Installed {
  const ofType = (type: string): readonly Properties[] =>
    Object.values(Resources).flatMap((resource) =>
      resource.Type === type ? [resource["Properties"] as Properties] : [],
    );
  return {
    roles: Object.fromEntries(
      ofType("AWS::IAM::Role").map((role) => [
        text(role, "RoleName"),
        {
          path: text(role, "Path"),
          description: text(role, "Description"),
          trust: role["AssumeRolePolicyDocument"],
          policies: Object.fromEntries([...inlineOf(role), ...attachedOf(role, Resources)]),
        },
      ]),
    ),
    boundaries: Object.fromEntries(
      ofType("AWS::IAM::ManagedPolicy")
        .filter(isBoundary)
        .map((policy) => [
          text(policy, "ManagedPolicyName"),
          {
            path: text(policy, "Path"),
            description: text(policy, "Description"),
            document: policy["PolicyDocument"],
          },
        ]),
    ),
  };
}

function inlineOf(role: Properties): readonly (readonly [string, unknown])[] {
  const policies = (role["Policies"] ?? []) as readonly Properties[];
  return policies.map((one) => [text(one, "PolicyName"), one["PolicyDocument"]]);
}

function attachedOf(
  role: Properties,
  resources: CloudFormationTemplate["Resources"],
): readonly (readonly [string, unknown])[] {
  const attached = (role["ManagedPolicyArns"] ?? []) as readonly { readonly Ref: string }[];
  return attached.map(({ Ref }) => {
    const policy = resources[Ref]?.["Properties"] as Properties;
    return [text(policy, "ManagedPolicyName"), policy["PolicyDocument"]];
  });
}

/** Parts of the policies of roles are in the path of Grantkeeper itself. */
function isBoundary(policy: Properties): boolean {
  return (policy["Path"] ?? policy["path"]) !== "/grantkeeper-system/";
}

/** One for each stack set, in their order. */
export function ofStackSets({ Resources }: CloudFormationTemplate): readonly Installed[] {
  return Object.values(Resources).flatMap((resource) => {
    if (resource.Type !== "AWS::CloudFormation::StackSet") return [];
    return [
      ofTemplate(
        JSON.parse(text(resource["Properties"] as Properties, "TemplateBody")) as CloudFormationTemplate,
      ),
    ];
  });
}

/** Of the resources whose name begins with the prefix, as Terraform reads its JSON syntax. */
export function ofTerraform({ resource }: TerraformFile, prefix = ""): Installed {
  const ofType = (type: string): readonly (readonly [string, Properties])[] =>
    Object.entries(resource[type] ?? {})
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, block]) => [name, block as Properties]);
  const inline = ofType("aws_iam_role_policy");
  const roles = ofType("aws_iam_role").map(([id, role]) => {
    const own = inline.filter(([, { role: name }]) => name === `\${aws_iam_role.${id}.name}`);
    const attached = ofType("aws_iam_role_policy_attachment")
      .filter(([, { role: name }]) => name === `\${aws_iam_role.${id}.name}`)
      .flatMap(([, { policy_arn: arn }]) =>
        ofType("aws_iam_policy").filter(([key]) => arn === `\${aws_iam_policy.${key}.arn}`),
      );
    const policies = [...own, ...attached].map(([, policy]) => [
      text(policy, "name"),
      jsonOf(policy, "policy"),
    ]);
    const installed: InstalledRole = {
      path: text(role, "path"),
      description: literalOf(role, "description"),
      trust: jsonOf(role, "assume_role_policy"),
      policies: Object.fromEntries(policies) as InstalledRole["policies"],
    };
    return [text(role, "name"), installed] as const;
  });
  const parts = ofType("aws_iam_policy").filter(([, policy]) => isBoundary(policy));
  const boundaries = parts.map(([, policy]) => {
    const installed: InstalledPolicy = {
      path: text(policy, "path"),
      description: literalOf(policy, "description"),
      document: jsonOf(policy, "policy"),
    };
    return [text(policy, "name"), installed] as const;
  });
  return { roles: Object.fromEntries(roles), boundaries: Object.fromEntries(boundaries) };
}

/** "" if the field is missing. */
function text(properties: Properties, name: string): string {
  const value = properties[name];
  return typeof value === "string" ? value : "";
}

/** @throws Error for an expression, which Terraform would evaluate */
function literalOf(properties: Properties, name: string): string {
  const value = text(properties, name).replaceAll(/([$%])\1\{/g, "\u0000$1");
  if (/[$%]\{/.test(value)) throw new Error(`${name} contains an expression: ${value}`);
  return value.replaceAll(/\u0000([$%])/g, "$1{");
}

function jsonOf(properties: Properties, name: string): unknown {
  return JSON.parse(literalOf(properties, name));
}
