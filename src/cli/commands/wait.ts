import { targetLook } from "../wait/target-look.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import {
  addControllerOptions,
  addNamespace,
  durationOption,
  type ControllerOptions,
} from "../toolbox/options.ts";
import { newestEntry } from "../client/recent-events.ts";
import { reconciliationLook } from "../wait/reconciliation-look.ts";
import { requireRevision } from "../client/require-revision.ts";
import { showWait } from "../wait/show-wait.ts";

interface WaitOptions extends ControllerOptions {
  readonly namespace?: string;
  readonly timeout: number;
}

const TOKEN = /^[0-9a-f-]{16,}$/;

export const wait: CliCommand<WaitOptions> = {
  name: "wait",
  summary: "wait until functions are ready, or a reconcile is done",
  description:
    "Waits until every binding of the target is Ready: reconciled at the accepted revision and read back, or compared in observe mode. It ends early, with exit code 3, if waiting cannot help: refused, broken, rejected, awaiting approval, suspended, account unreadable. With the token that `reconcile` printed it waits until that reconcile is done. Result and exit codes are those of `reconcile --wait`.",
  examples: [
    ["grantkeeper wait orders/orders-api", "until it is ready everywhere"],
    ["grantkeeper wait orders/orders-api@prod --timeout 5m", "in one account, for at most five minutes"],
  ],
  define: (command) => {
    const form = "NAMESPACE/NAME@ACCOUNT/REGION or a shorter form, or the token that `reconcile` printed";
    addNamespace(addControllerOptions(command.argument("<target>", form))).addOption(
      durationOption("--timeout <duration>", "how long", "10m"),
    );
  },
  run: async ({ args: [target = ""], options, toolbox }) => {
    const client = await connect(options, toolbox);
    await requireRevision(client);
    const { timeout: timeoutMs, namespace = null } = options;
    const since = await newestEntry(client);
    const look = TOKEN.test(target)
      ? reconciliationLook(client, { token: target, since, matchingKeys: null })
      : await targetLook(client, { target, namespace, since });
    return showWait({ text: `waiting for ${target}`, timeoutMs, look }, options.output, toolbox);
  },
};
