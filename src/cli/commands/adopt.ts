import { isBindingKey } from "../../model/keys/key.ts";
import { undoPlanLines } from "../adopt/undo-plan.ts";
import { undoResult, undoResultLines } from "../adopt/undo-wait.ts";
import type { ApiClient } from "../client/client.ts";
import { connect } from "../client/connect.ts";
import { knownBindings } from "../client/known-bindings.ts";
import { requireRevision } from "../client/require-revision.ts";
import { show } from "../screen/print.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { CliError, type ExitCode } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import {
  addControllerOptions,
  addNamespace,
  durationOption,
  TARGET_FORM,
  type ControllerOptions,
} from "../toolbox/options.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import type { Key } from "../../model/keys/key.ts";
import { reflowed, type ScreenLine } from "../../text/screen-line.ts";

interface AdoptOptions extends ControllerOptions {
  readonly namespace?: string;
  readonly undo?: true;
  readonly acceptChanges?: true;
  readonly yes?: string;
  readonly reason?: string;
  readonly for: number;
  readonly timeout: number;
}

export const adopt: CliCommand<AdoptOptions> = {
  name: "adopt",
  summary: "return adopted functions to their former role",
  description:
    "With --undo, shows what would undo the adoption of the functions: the former role is set again, or a role that was taken over in place gets its former policies, boundary, trust, settings and tags. Nothing is written without --yes and the digest of the plan, which also covers the state of the former role. Then the functions are suspended, AWS is read again, and the calls are made, read back and recorded. The undo is refused if the former role is gone, was created again, no longer trusts Lambda or was changed, if the function runs on a third role, or if something was not read. Exit code 3 if nothing is planned, or the undo has stopped or is not finished in time.",
  examples: [
    ["grantkeeper adopt orders/orders-api@prod --undo", "show the plan and its digest"],
    [
      "grantkeeper adopt orders/orders-api --undo --yes DIGEST --reason INC-1",
      "go back to the former role now, by the digest that was shown",
    ],
    ["grantkeeper adopt orders/ --undo", "an entire namespace, under one digest"],
  ],
  define: (command) => {
    addNamespace(addControllerOptions(command.argument("<target>", TARGET_FORM)))
      .option("--undo", "undo the adoption")
      .option("--accept-changes", "also plan functions whose former role has changed since the switch")
      .option("--yes <digest>", "run exactly the plan with this digest; needs --reason")
      .option("--reason <text>", "reason, written to the audit record and to alerts")
      .addOption(durationOption("--for <duration>", "how long the functions stay suspended", "7d"))
      .addOption(durationOption("--timeout <duration>", "how long --yes waits for the end", "5m"));
  },
  run: async ({ args: [target = ""], options, toolbox }) => {
    if (options.undo !== true)
      throw new CliError(
        "adopt needs --undo",
        "`grantkeeper get functions` shows the stage of each adoption, and `grantkeeper describe` what the next one needs",
      );
    const client = await connect(options, toolbox);
    await requireRevision(client);
    const bindings = await knownBindings(target, client, options.namespace ?? null);
    const keys = bindings.map(({ key }) => key).filter((key) => isBindingKey(key));
    return options.yes === undefined
      ? showPlan({ target, keys, options, client }, toolbox)
      : order({ target, keys, options, client }, options.yes, toolbox);
  },
};

interface SelectedBindings {
  readonly target: string;
  readonly keys: readonly Key[];
  readonly options: AdoptOptions;
  readonly client: ApiClient;
}

async function showPlan(
  { target, keys, options, client }: SelectedBindings,
  toolbox: Toolbox,
): Promise<ExitCode> {
  const acceptChanges = options.acceptChanges === true;
  const plan = await client.create("adoptionundoplans", { keys: [...keys], acceptChanges });
  const nowMs = toolbox.clock.nowMs();
  const lines = ({ width }: { readonly width: number }): readonly ScreenLine[] =>
    undoPlanLines(plan, { target, acceptChanges, nowMs, width });
  await show({ value: plan, lines }, options.output, toolbox);
  const { subject, functions } = plan.status;
  return subject === null && functions.some(({ state }) => state === "refused") ? 3 : 0;
}

async function order(
  { keys, options, client }: SelectedBindings,
  subject: string,
  toolbox: Toolbox,
): Promise<ExitCode> {
  const { reason } = options;
  if (reason === undefined)
    throw new CliError(
      "adopt --yes needs --reason",
      "the reason is written to the audit record and to alerts",
    );
  const undo = await client.create("adoptionundos", {
    keys: [...keys],
    acceptChanges: options.acceptChanges === true,
    subject,
    reason,
    for: `${options.for / 1_000}s`,
  });
  const result = await undoResult(undo, { client, timeoutMs: options.timeout }, toolbox);
  const nowMs = toolbox.clock.nowMs();
  const lines = ({ width }: { readonly width: number }): readonly ScreenLine[] =>
    reflowed(undoResultLines(result, nowMs), (text) => wrapped(text, width, { first: "", next: "  " }));
  await show({ value: result, lines }, options.output, toolbox);
  return result.exitCode;
}
