import { arnOfFunction, arnOfRole, type FunctionDraft, type Site, type TerraformAddress } from "./draft.ts";

interface Instance {
  readonly address: TerraformAddress;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * The state of all functions and roles that Terraform created, as `terraform state pull` prints it.
 * @see https://developer.hashicorp.com/terraform/internals/json-format for the form that other programs should read
 */
export function terraformStateOf(site: Site, functions: readonly FunctionDraft[]): string {
  const created = functions.filter(({ terraformAddress }) => terraformAddress !== undefined);
  const roles = [...new Set(created.map(({ role }) => role))].flatMap((role) => {
    const { terraformAddress: address, name, path, tags } = role;
    if (address === undefined) return [];
    return [{ address, attributes: { arn: arnOfRole(site, role), id: name, name, path, tags } }];
  });
  const lambdas = created.flatMap(({ terraformAddress: address, name, role, tags }) => {
    if (address === undefined) return [];
    const attributes = {
      arn: arnOfFunction(site, name),
      function_name: name,
      id: name,
      role: arnOfRole(site, role),
      tags,
    };
    return [{ address, attributes }];
  });
  const state = {
    version: 4,
    terraform_version: "1.13.4",
    serial: 1,
    lineage: "3f1c8a52-7d60-4b0e-9a55-0c1d2e3f4a5b",
    outputs: {},
    resources: [...resourcesOf("aws_iam_role", roles), ...resourcesOf("aws_lambda_function", lambdas)],
    check_results: null,
  };
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

/** One resource for each name, with an instance for each key of `for_each`. */
function resourcesOf(type: string, instances: readonly Instance[]): readonly object[] {
  const byName = Map.groupBy(instances, ({ address }) => address.name);
  return [...byName]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, group]) => ({
      mode: "managed",
      type,
      name,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: group.map(({ address, attributes }) => ({
        ...(address.key !== null && { index_key: address.key }),
        schema_version: 0,
        attributes,
        sensitive_attributes: [],
      })),
    }));
}
