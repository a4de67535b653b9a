import type { CliCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { knownBindings, type KnownBinding } from "../keys.ts";
import { addOutput, addServer, durationOption, type OutputOptions, type ServerOptions } from "../options.ts";
import { show } from "../print.ts";
import { counted } from "../render/words.ts";
import { targetText } from "../target.ts";
import { waitForReconciliation } from "../reconciled.ts";
import { waitUntil } from "../waiting.ts";

interface WaitOptions extends ServerOptions, OutputOptions {
  readonly namespace?: string;
  readonly timeout: number;
}

const TOKEN = /^[0-9a-f-]{16,}$/;

export const wait: CliCommand<WaitOptions> = {
  name: "wait",
  summary: "wait until functions are ready, or a reconcile is done",
  description:
    "Waits until every binding that the target means is Ready: reconciled at its revision and read back, in observe compared. With the token that `reconcile` printed: until that is done, with the same result as `reconcile --wait`.",
  examples: [
    ["grantkeeper wait orders/orders-api", "until it is ready everywhere"],
    ["grantkeeper wait orders/orders-api@prod --timeout 5m", "in one account, for at most five minutes"],
  ],
  define: (command) => {
    addOutput(
      addServer(
        command.argument(
          "<target>",
          "NAMESPACE/NAME@ACCOUNT/REGION or a shorter form, or a token of reconcile",
        ),
      ),
    )
      .option("-n, --namespace <name>", "of a target without one")
      .addOption(durationOption("--timeout <duration>", "how long", "10m"));
  },
  run: async ({ args: [target = ""], options, toolbox }) => {
    const client = await connect(options, toolbox);
    const { timeout: timeoutMs, namespace = null } = options;
    if (TOKEN.test(target)) {
      const ended = await waitForReconciliation({ client, token: target, timeoutMs }, toolbox);
      await show({ value: ended.value, lines: () => ended.lines }, options.output, toolbox);
      return ended.exitCode;
    }
    const look = async (): Promise<string | null> => missing(await knownBindings(target, client, namespace));
    await waitUntil({ text: `waiting for ${target}`, timeoutMs, look }, toolbox);
    const value = { target, ready: true };
    await show({ value, lines: () => [`${target} is ready`] }, options.output, toolbox);
    return 0;
  },
};

function missing(bindings: readonly KnownBinding[]): string | null {
  const waiting = bindings.flatMap((binding) => {
    const ready = binding.object.status.conditions.find(({ type }) => type === "Ready");
    return ready?.status === "True" ? [] : [`${targetText(binding)} ${ready?.reason ?? "not compared yet"}`];
  });
  const [first] = waiting;
  if (first === undefined) return null;
  return waiting.length === 1 ? first : `${counted(waiting.length, "binding")} are not ready, ${first}`;
}
