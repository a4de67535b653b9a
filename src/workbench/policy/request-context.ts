import { Option } from "commander";
import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import { parseAccountId } from "../../model/aws/ids.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { repeated } from "../../cli/toolbox/options.ts";

export const contextOption = (): Option =>
  repeated("--context <key=value>", "a condition key of the request; repeat for other keys and values");

/** By key in lower case, so that two spellings are the same key. @throws CliError */
export function contextValues(pairs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1)
      throw new CliError(`--context "${pair}" is not of the form key=value`, "such as aws:SourceVpc=vpc-1");
    const key = pair.slice(0, at).toLowerCase();
    found.set(key, [...(found.get(key) ?? []), pair.slice(at + 1)]);
  }
  return found;
}

export const resourceAccountOption = (): Option =>
  new Option("--resource-account <id>", "the account of the resource, if its ARN has none");

/** @throws CliError if it is given and invalid */
export function checkResourceAccount(accountId: string | undefined): void {
  if (accountId !== undefined && parseAccountId(accountId) === undefined)
    throw new CliError(
      `--resource-account "${accountId}" is not an account id`,
      "an account id has twelve digits",
    );
}

/** @throws CliError if it is invalid */
export function checkAction(action: string): void {
  if (!/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(action))
    throw new CliError(`"${action}" is not an action`, "write service:Name, without wildcards");
}

/** @throws CliError if it is neither an ARN nor `*` */
export function checkResource(resource: string): void {
  if (resource !== "*" && !hasArnParts(resource))
    throw new CliError(`"${resource}" is neither an ARN nor *`, "an ARN has six parts");
}

/**
 * "You cannot use IAM credentials from one partition to interact with resources in a different partition."
 * @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
 * @throws CliError
 */
export function checkPartition(resource: string, ofCaller: string): void {
  const partition = resource === "*" ? ofCaller : arnParts(resource).partition;
  if (partition !== ofCaller)
    throw new CliError(
      `${resource} is of partition ${partition}, the caller of ${ofCaller}: no request crosses partitions`,
      `name a resource of ${ofCaller}`,
    );
}
