import type { SuspensionObject } from "../../api/commands.ts";
import { accountNames } from "../account-names.ts";
import { CliError } from "../cli-error.ts";
import type { CliCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { addServer, type ServerOptions } from "../options.ts";
import { printLines } from "../print.ts";
import { scopeText } from "../render/scope.ts";

interface ResumeOptions extends ServerOptions {
  readonly reason: string;
}

export const resume: CliCommand<ResumeOptions> = {
  name: "resume",
  summary: "end a suspension before its time",
  description:
    "Ends a suspension. What was withheld meanwhile follows at once, so look at `grantkeeper describe` first.",
  examples: [
    [
      'grantkeeper resume 4f1c… --reason "INC-4410 is over"',
      "by the id that status and get suspensions show",
    ],
    ["grantkeeper resume orders/orders-api@prod --reason done", "by what it covers, as status shows it"],
  ],
  define: (command) => {
    addServer(command.argument("<suspension>", "its id, or what it covers")).requiredOption(
      "--reason <text>",
      "why; stands in the record",
    );
  },
  run: async ({ args: [wanted = ""], options, toolbox }) => {
    const client = await connect(options, toolbox);
    const [suspensions, names] = await Promise.all([client.list("suspensions"), accountNames(client)]);
    const found = chosen(wanted, suspensions, names);
    const resumed = await client.resume(found.metadata.name, options.reason);
    await printLines([`resumed  ${scopeText(resumed.spec.scope, names)}`], toolbox);
    return 0;
  },
};

function chosen(
  wanted: string,
  suspensions: readonly SuspensionObject[],
  names: ReadonlyMap<string, string>,
): SuspensionObject {
  const found = suspensions.filter(({ metadata, spec }) => {
    return (
      metadata.name === wanted ||
      (wanted.length >= 4 && metadata.name.startsWith(wanted)) ||
      scopeText(spec.scope, names) === wanted
    );
  });
  const [first, second] = found;
  if (first === undefined)
    throw new CliError(`no suspension is called ${wanted}`, "grantkeeper get suspensions lists them");
  if (second !== undefined)
    throw new CliError(
      `${wanted} means ${found.length} suspensions`,
      `say which: ${found.map(({ metadata }) => metadata.name).join(", ")}`,
    );
  return first;
}
