import type { Desired, DesiredAccount } from "../../model/desired.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";

/** @throws CliError if no manifest declares an account with this name or id */
export function accountNamed(desired: Desired, name: string): DesiredAccount {
  const accounts = [...desired.accounts.values()];
  const found = accounts.find((account) => account.name === name || account.id === name);
  if (found !== undefined) return found;
  const known = accounts.map((account) => account.name).join(", ");
  throw new CliError(
    `no manifest declares account "${name}"`,
    known === "" ? "name the checkout with --dir" : `valid values: ${known}`,
    { code: "NotFound" },
  );
}
