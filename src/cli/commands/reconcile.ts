import type { CliCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { knownBindings, type KnownBinding } from "../keys.ts";
import { addServer, durationOption, type ServerOptions } from "../options.ts";
import { printLines } from "../print.ts";
import { grid } from "../render/table.ts";
import { counted } from "../render/words.ts";
import { targetText } from "../target.ts";
import { requireTargetOrAll } from "../target-or-all.ts";
import { waitForReconciliation } from "../waiting.ts";

interface ReconcileOptions extends ServerOptions {
  readonly all?: true;
  readonly namespace?: string;
  readonly wait?: true;
  readonly timeout: number;
}

export const reconcile: CliCommand<ReconcileOptions> = {
  name: "reconcile",
  summary: "fetch the source and compare now",
  description:
    "Fetches the source and makes the named functions due now; a write of theirs that AWS refused for good is tried again. What a guard refuses or holds stays so: with --wait and a target the exit code is 3 then.",
  examples: [
    ["grantkeeper reconcile orders/orders-api", "in all its accounts and regions"],
    ["grantkeeper reconcile orders/orders-api@prod --wait", "and wait until it had a whole pass"],
    ["grantkeeper reconcile --all", "everything"],
  ],
  define: (command) => {
    addServer(command.argument("[target]", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form"))
      .option("-n, --namespace <name>", "of a target without one")
      .option("--all", "everything")
      .option("--wait", "until each of them had a whole pass since")
      .addOption(durationOption("--timeout <duration>", "how long --wait waits", "10m"));
  },
  run: async ({ args: [target], options, toolbox }) => {
    requireTargetOrAll(target, options.all === true, "reconcile");
    const client = await connect(options, toolbox);
    const bindings =
      target === undefined ? null : await knownBindings(target, client, options.namespace ?? null);
    const request = bindings === null ? ({ all: true } as const) : { keys: bindings.map(({ key }) => key) };
    const { metadata } = await client.reconcile(request);
    const what =
      bindings === null
        ? "everything"
        : bindings.length === 1
          ? bindings.map(targetText).join()
          : counted(bindings.length, "binding");
    if (options.wait !== true) {
      await printLines([`${what} is due now   grantkeeper wait ${metadata.name}`], toolbox);
      return 0;
    }
    await waitForReconciliation({ client, token: metadata.name, what, timeoutMs: options.timeout }, toolbox);
    const after = target === undefined ? [] : await knownBindings(target, client, options.namespace ?? null);
    const stopped = after.flatMap(stoppedRows);
    await printLines([`${what}: compared`, ...grid(stopped)], toolbox);
    return stopped.length === 0 ? 0 : 3;
  },
};

const STOPPED: Readonly<Record<string, string>> = { AwaitingApproval: "held", GuardrailRefused: "refused" };

/** What a guard keeps from going on, and why. */
function stoppedRows(binding: KnownBinding): readonly (readonly string[])[] {
  const ready = binding.object.status.conditions.find(({ type }) => type === "Ready");
  const word = STOPPED[ready?.reason ?? ""];
  return word === undefined ? [] : [[word, targetText(binding), ready?.message ?? ""]];
}
