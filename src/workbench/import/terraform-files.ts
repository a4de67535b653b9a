import { readFile } from "node:fs/promises";
import { joinedStates, terraformState, type TerraformState } from "../../adopt/deployer/terraform-state.ts";
import { CliError, unreadableFile } from "../../cli/toolbox/cli-error.ts";
import { parsedJson } from "../../text/json-values.ts";

const FIX = "terraform show -json > FILE, or terraform state pull > FILE";

/** Errors name the file alone, since its content has secrets. @throws CliError */
export async function readTerraformStates(files: readonly string[]): Promise<TerraformState> {
  return joinedStates(await Promise.all(files.map(readState)));
}

async function readState(file: string): Promise<TerraformState> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadableFile(file, cause, FIX);
  });
  const state = terraformState(parsedJson(text));
  if (state === undefined) throw new CliError(`${file} is no Terraform state`, FIX);
  return state;
}
