import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import { addControllerOptions, type ControllerOptions } from "../toolbox/options.ts";
import { show } from "../screen/print.ts";
import { rejectionText, shortSubject } from "../../wording/words.ts";

interface RejectOptions extends ControllerOptions {
  readonly reason: string;
}

export const reject: CliCommand<RejectOptions> = {
  name: "reject",
  summary: "reject a pending plan or revision",
  description:
    "Rejects a pending plan or a held revision: nothing of it is written, and `status` no longer lists it as a required action. The rejection ends when the plan changes. A rejected plan can still be approved; `get approvals --all` shows it.",
  examples: [
    ['grantkeeper reject 2b41cb18 --reason "ask the team first"', "a plan, by its digest"],
    ['grantkeeper reject main@9c1d04e --reason "was pushed by mistake"', "a held revision"],
  ],
  define: (command) => {
    addControllerOptions(
      command.argument("<digest>", "a digest or a revision, as `get approvals` shows it"),
    ).requiredOption("--reason <text>", "reason, written to the audit record");
  },
  run: async ({ args: [subject = ""], options, toolbox }) => {
    const client = await connect(options, toolbox);
    const rejection = await client.create("rejections", { subject, reason: options.reason });
    const line = `rejected ${shortSubject(rejection.spec.subject)}: nothing is written`;
    const { replaces } = rejection.status;
    const replaced =
      replaces === null
        ? []
        : [`this replaces the rejection by ${rejectionText(replaces, toolbox.clock.nowMs())}`];
    return show({ value: rejection, lines: () => [line, ...replaced] }, options.output, toolbox);
  },
};
