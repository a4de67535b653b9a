import { arnsIn } from "../../model/aws/arns/arn-fields.ts";
import { CandidateCompiler } from "../../adopt/recognize/candidate-compiler.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addOutput, type OutputOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { parseAccountId, parseRegion } from "../../model/aws/ids.ts";
import { contextOf, PolicyReader, type OwnerOptions } from "./policy-files.ts";
import { policyGrants, policyGrantsLines } from "./to-grants.ts";

interface ToGrantsOptions extends OutputOptions, OwnerOptions {
  readonly region?: string;
}

export const policyToGrants: CliCommand<ToGrantsOptions> = {
  name: "policy to-grants",
  summary: "find the grants that policies contain",
  description:
    "Shows the policies of a role as grants and statements of a manifest. A grant is recognised only if every permission that it compiles to is in the policies; a statement is replaced only if grants have all of its permissions. All other statements stay as they are. The nearest grants are listed separately, with the actions that they would drop: they allow less, so they are never part of the result. Short names need the account and the region of the function; without --account and --region, those of the ARNs in the policies are used if there is only one of each. Needs no configuration. Exit code 2 if a part of a policy cannot be declared in a manifest, else 0.",
  examples: [
    ["grantkeeper policy to-grants role.json", "one policy"],
    ["grantkeeper policy to-grants inline.json managed.json -o yaml", "all policies of a role together"],
    ["grantkeeper policy to-grants - < role.json", "from standard input"],
  ],
  define: (command) => {
    addOutput(command.argument("<file...>", "identity policies of a role; one may be - for standard input"))
      .option("--account <id>", "the account of the function")
      .option("--region <name>", "the region of the function")
      .option("--partition <name>", "the partition of the function", "aws");
  },
  run: async ({ args: files, options, toolbox }) => {
    const reader = new PolicyReader(toolbox);
    const policies = [];
    for (const file of files) policies.push(await reader.read(file, contextOf(options, "identity")));
    const place = placeOf(
      options,
      policies.map(({ text }) => text),
    );
    const found = policyGrants(policies, new CandidateCompiler(place));
    await show({ value: found, lines: () => policyGrantsLines(found) }, options.output, toolbox);
    return found.inexpressible.length === 0 ? 0 : 2;
  },
};

interface PolicyPlace {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}

function placeOf(options: ToGrantsOptions, texts: readonly string[]): PolicyPlace {
  const { region, partition } = options;
  if (region !== undefined && parseRegion(region) === undefined)
    throw new CliError(`--region "${region}" is not a region`, "such as eu-west-1");
  const found = texts
    .flatMap(arnsIn)
    .filter((arn) => parseRegion(arn.region) !== undefined && parseAccountId(arn.accountId) !== undefined);
  return {
    partition,
    accountId: options.account ?? only("account", [...new Set(found.map(({ accountId }) => accountId))]),
    region: region ?? only("region", [...new Set(found.map((arn) => arn.region))]),
  };
}

/** The value itself, never a choice between several. */
function only(option: "account" | "region", values: readonly string[]): string {
  const [value, ...others] = [...values].sort();
  if (value !== undefined && others.length === 0) return value;
  const named = value === undefined ? `no ${option}` : `several: ${[value, ...others].join(", ")}`;
  throw new CliError(
    `the ${option} of the function is not known: the ARNs of the policies name ${named}`,
    `add --${option}`,
  );
}
