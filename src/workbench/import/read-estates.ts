import { unreadText, type Estate } from "../../adopt/estate/estate.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { findInstallation } from "../../cli/toolbox/installation.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import type { AwsReads, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { AwsError, fixOfAwsError } from "../../model/aws/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";

/** Everything in all regions of the accounts, with the observer of each. @throws CliError if functions cannot be listed */
export async function readEstates(
  accounts: readonly DesiredAccount[],
  options: ConfigOptions,
  toolbox: Toolbox,
): Promise<readonly Estate[]> {
  const installation = await findInstallation(options, toolbox);
  if (installation === null)
    throw new CliError(
      "import needs to know what to read",
      "--config FILE (live AWS) or --from FILE (what --save wrote)",
    );
  const aws = await installation.aws();
  try {
    return await withProgress("reading AWS", toolbox, async (showText) => {
      const estates: Estate[] = [];
      for (const account of accounts)
        for (const region of account.regions) {
          const place = `${account.name}/${region}`;
          const progress = (done: number, total: number): void => {
            showText(`reading ${place}: ${done} of ${total} functions`);
          };
          estates.push(await readOne({ account, region, pass: "import", progress }, aws, toolbox.signal));
        }
      return estates;
    });
  } finally {
    aws.close();
  }
}

async function readOne(
  request: Parameters<AwsReads["estates"]["read"]>[0],
  { estates }: AwsReads,
  signal: AbortSignal,
): Promise<Estate> {
  const place = `${request.account.name}/${request.region}`;
  const read = await estates.read(request, signal).catch((cause: unknown) => {
    if (!(cause instanceof AwsError)) throw cause;
    throw new CliError(cause.message, fixOfAwsError(cause), { exitCode: 4, cause, place });
  });
  if (read.kind === "known") return read.value;
  const fix = "allow the call to the observer: grantkeeper bootstrap roles prints its policy";
  throw new CliError(`${unreadText(read)}: ${read.reason}`, fix, { exitCode: 4, place });
}
