import type { CliCommand } from "../../cli/toolbox/command.ts";
import { connect } from "../../cli/client/connect.ts";
import { addControllerOptions, LIST_FORMATS, type ControllerOptions } from "../../cli/toolbox/options.ts";
import { noteAskedRollbacks } from "../../cli/screen/rollbacks.ts";
import { show } from "../../cli/screen/print.ts";
import {
  checkAction,
  checkResource,
  checkResourceAccount,
  contextOption,
  contextValues,
  resourceAccountOption,
} from "../policy/request-context.ts";
import { whoCanLines } from "./who-can-screen.ts";

interface WhoCanOptions extends ControllerOptions {
  readonly context?: readonly string[];
  readonly resourceAccount?: string;
}

export const whoCan: CliCommand<WhoCanOptions> = {
  name: "who-can",
  summary: "list the functions that may carry out an action on a resource",
  description:
    "Asks the running controller which functions may carry out ACTION on RESOURCE: in AWS, by the last read of the role that each function runs on, and by what Git declares. A token for all namespaces also sees functions without a manifest. For one function, `grantkeeper why` shows which statement decides, and the lines to change. An action that AWS's data does not have is refused. -o name prints the functions that AWS allows.",
  examples: [
    ["grantkeeper who-can s3:PutObject arn:aws:s3:::uploads/orders/1", "who can write to this bucket"],
    ["grantkeeper who-can iam:CreateUser '*' -o json", "for programs, with the statements"],
    [
      "grantkeeper who-can kms:Decrypt '*' --context aws:SourceVpc=vpc-1",
      "a request that comes from this VPC",
    ],
  ],
  define: (command) => {
    command
      .argument("<action>", "such as s3:GetObject")
      .argument("<resource>", "an ARN, or * for an action that takes none");
    addControllerOptions(command, LIST_FORMATS).addOption(contextOption()).addOption(resourceAccountOption());
  },
  run: async ({ args: [action = "", resource = ""], options, toolbox }) => {
    checkAction(action);
    checkResource(resource);
    checkResourceAccount(options.resourceAccount);
    const client = await connect(options, toolbox);
    const { resourceAccount } = options;
    const { status } = await client.create("whocans", {
      action,
      resource,
      context: Object.fromEntries(contextValues(options.context ?? [])),
      ...(resourceAccount !== undefined && { resourceAccount }),
    });
    await noteAskedRollbacks(client, null, toolbox);
    const names = (): readonly string[] =>
      status.allowed.flatMap(({ live, target }) => (live === "allowed" ? [target] : []));
    return show(
      { value: status, lines: (layout) => whoCanLines(status, layout), names },
      options.output,
      toolbox,
    );
  },
};
