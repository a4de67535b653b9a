import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import type { Files } from "../../../demo/manifests.ts";
import type { OwnRoleSettings } from "../../../src/model/aws/own-roles.ts";
import type { CloudFormationTemplate } from "../../../src/workbench/bootstrap/cloudformation.ts";
import type { TerraformFile } from "../../../src/workbench/bootstrap/terraform.ts";
import { cli, TEST_CONFIG, type CliRun } from "./cli.ts";

export const BOOTSTRAP_SETTINGS = {
  baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base",
  organization: "o-a1b2c3d4e5",
  organizationalUnits: ["r-ab12"],
  deployers: ["arn:aws:iam::*:role/stacksets-exec-*"],
  callAs: "SELF" as const,
  functionKeys: {},
  formerRoles: {},
  sources: [],
};

export interface BootstrapGiven {
  readonly files: Files;
  /** Null: the operator's file has no such section. */
  readonly settings?: Partial<OwnRoleSettings> | null;
}

/** `grantkeeper bootstrap roles` for these files, which it writes below the folder. */
export async function bootstrapIn(
  root: string,
  argv: readonly string[],
  { files, settings = {} }: BootstrapGiven,
): Promise<CliRun> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const bootstrap = settings === null ? null : { ...BOOTSTRAP_SETTINGS, ...settings };
  const installation = { config: { ...TEST_CONFIG, bootstrap } };
  return cli(["bootstrap", "roles", ...argv, "--dir", root, "--config", "x"], { installation });
}

/** The schemas describe the values that references have when the stack is created. */
function withoutReferences(properties: unknown): unknown {
  return JSON.parse(JSON.stringify(properties), (_, value: unknown) =>
    typeof value === "object" && value !== null && ("Ref" in value || "Fn::GetAtt" in value)
      ? `arn:aws:iam::111122223333:policy/${"Ref" in value ? String(value.Ref) : "attribute"}`
      : value,
  );
}

/** What in a template differs from the resource types that CloudFormation publishes. */
export async function templateErrors({ Resources }: CloudFormationTemplate): Promise<readonly ErrorObject[]> {
  const file = new URL("../../fixtures/cloudformation/resource-types.json", import.meta.url);
  const types = JSON.parse(await readFile(file, "utf8"), (key, value: unknown) =>
    key === "$schema" ? undefined : value,
  ) as Readonly<Record<string, object>>;
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
  return Object.values(Resources).flatMap(({ Type, ["Properties"]: properties }) => {
    const validate = ajv.compile(types[Type] ?? false);
    return validate(withoutReferences(properties)) ? [] : (validate.errors ?? []);
  });
}

/** Arguments that Terraform itself gives every resource. */
const META_ARGUMENTS: ReadonlySet<string> = new Set(["provider", "lifecycle"]);

/** What in a module differs from the resource types of the provider that it requires. */
export async function terraformErrors({ resource }: TerraformFile): Promise<readonly ErrorObject[]> {
  const file = new URL("../../fixtures/terraform/resource-types.json", import.meta.url);
  const types = JSON.parse(await readFile(file, "utf8")) as Readonly<Record<string, object>>;
  const ajv = new Ajv();
  return Object.entries(resource).flatMap(([type, blocks]) => {
    const validate = ajv.compile(types[type] ?? false);
    return Object.values(blocks).flatMap((block) => {
      const own = Object.entries(block).filter(([name]) => !META_ARGUMENTS.has(name));
      return validate(Object.fromEntries(own)) ? [] : (validate.errors ?? []);
    });
  });
}
