import type { CliCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { addServer, type ServerOptions } from "../options.ts";
import { printLines } from "../print.ts";
import { shortSubject } from "../render/words.ts";

interface RejectOptions extends ServerOptions {
  readonly reason: string;
}

export const reject: CliCommand<RejectOptions> = {
  name: "reject",
  summary: "reject a pending plan or revision",
  description:
    "Rejects a pending plan or a held revision: nothing of it is written, and `status` no longer lists it. The rejection ends when the plan changes. A rejected plan can still be approved; `get holds --all` shows it.",
  examples: [
    ['grantkeeper reject 2b41cb18 --reason "ask the team first"', "a plan, by its digest"],
    ['grantkeeper reject main@9c1d04e --reason "was pushed by mistake"', "a held revision"],
  ],
  define: (command) => {
    addServer(command.argument("<digest>", "a digest or a revision, as `get holds` shows it")).requiredOption(
      "--reason <text>",
      "reason, written to the audit log",
    );
  },
  run: async ({ args: [subject = ""], options, toolbox }) => {
    const client = await connect(options, toolbox);
    const { spec } = await client.reject({ subject, reason: options.reason });
    await printLines([`rejected ${shortSubject(spec.subject)}: nothing is written`], toolbox);
    return 0;
  },
};
