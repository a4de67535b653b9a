import { deployerOf } from "../deployer/deployer.ts";
import { roleLine, type RoleLine } from "../deployer/role-line.ts";
import type { TerraformState } from "../deployer/terraform-state.ts";
import type { Estate, EstateFunction } from "../estate/estate.ts";
import { roleOfFunction } from "../estate/role-users.ts";
import { stateRemovalCommand } from "./lookup-commands.ts";
import type { FunctionDeployer } from "../../model/answers/coverage.ts";

/** How a function comes to run on the role that its manifest declares. */
export interface RoleSwitch {
  /** The ARN of the role that it runs on. */
  readonly from: string;
  /** The ARN of the declared role. */
  readonly to: string;
  /** What the deployer changes; null: it is not known who deploys the function. */
  readonly line: RoleLine | null;
  /** What happens to the old role, and how to keep it; null: nothing in particular. */
  readonly oldRole: string | null;
  /** Commands for a person, which `oldRole` introduces. Missing: there are none. */
  readonly commands?: readonly string[];
}

export function deployerIn(
  found: EstateFunction,
  { estate, terraform }: { readonly estate: Estate; readonly terraform: TerraformState },
): FunctionDeployer {
  const terraformAddress = terraform.functions.get(found.arn) ?? null;
  return deployerOf({ tags: found.tags, role: roleOfFunction(estate, found), terraformAddress });
}

export interface SwitchingFunction {
  readonly found: EstateFunction;
  readonly deployer: FunctionDeployer;
  readonly declaredRoleArn: string;
  readonly terraform: TerraformState;
}

/** null: the function runs on its declared role. */
export function roleSwitch({
  found,
  deployer,
  declaredRoleArn,
  terraform,
}: SwitchingFunction): RoleSwitch | null {
  if (found.roleArn === declaredRoleArn) return null;
  const address = terraform.roles.get(found.roleArn) ?? null;
  const texts = [...deletionNotes(found, deployer), ...releaseNotes(address)];
  const commands = address !== null && hasInstanceKey(address) ? [stateRemovalCommand(address)] : [];
  return {
    from: found.roleArn,
    to: declaredRoleArn,
    line: roleLine(deployer, declaredRoleArn),
    oldRole: texts.length === 0 ? null : texts.join("; "),
    ...(commands.length > 0 && { commands }),
  };
}

/** Tools that create the role themselves: without a use of it in the template, the stack deletes it. */
const CREATES_ROLE: ReadonlySet<FunctionDeployer["kind"]> = new Set(["sam", "cdk", "serverless"]);

function deletionNotes(
  { roleArn, versions, aliases }: EstateFunction,
  { kind }: FunctionDeployer,
): readonly string[] {
  if (!CREATES_ROLE.has(kind)) return [];
  const roles = new Map(
    versions.kind === "known" ? versions.value.map((one) => [one.version, one.roleArn]) : [],
  );
  const onOld = (aliases.kind === "known" ? aliases.value : []).filter((alias) =>
    alias.versions.some((version) => roles.get(version) === roleArn),
  );
  if (onOld.length === 0) return [];
  const names = onOld.map(({ name }) => name).join(", ");
  return [
    `a role that the stack created is deleted by that deployment, and alias ${names} would fail unless it moves to a new version: docs/with-${kind}.md shows how to keep the role until then`,
  ];
}

/**
 * A `removed` block takes no instance key.
 * @see https://developer.hashicorp.com/terraform/language/state/remove
 */
function hasInstanceKey(address: string): boolean {
  return address.includes("[");
}

function releaseNotes(address: string | null): readonly string[] {
  if (address === null) return [];
  const release = hasInstanceKey(address)
    ? "the command takes it out without deleting it"
    : `to take it out without deleting it: a removed block with from = ${address} and destroy = false`;
  return [`the old role may stay in the configuration; ${release}`];
}
