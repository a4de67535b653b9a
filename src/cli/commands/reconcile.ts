import { type Key, targetText } from "../../model/keys/key.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import { knownBindings } from "../client/known-bindings.ts";
import {
  addControllerOptions,
  addNamespace,
  durationOption,
  TARGET_FORM,
  type ControllerOptions,
} from "../toolbox/options.ts";
import { show } from "../screen/print.ts";
import { newestEntry } from "../client/recent-events.ts";
import { reconciliationLook } from "../wait/reconciliation-look.ts";
import { counted } from "../../text/phrases.ts";
import { requireRevision } from "../client/require-revision.ts";
import { requireTargetOrAll } from "../toolbox/target.ts";
import { showWait } from "../wait/show-wait.ts";

interface ReconcileOptions extends ControllerOptions {
  readonly all?: true;
  readonly namespace?: string;
  readonly wait?: true;
  readonly timeout: number;
}

export const reconcile: CliCommand<ReconcileOptions> = {
  name: "reconcile",
  summary: "fetch the source and compare now",
  description:
    "Fetches the source and makes the named functions due now; a write that AWS has refused for good is tried again. With --wait it prints the result of each binding. The digest of a pending approval is printed only with --all: the next complete read may join the plan of a single function with others under another digest, which get approvals shows. The exit code is 3 if anything was refused, held, rejected, suspended, broken, not read or not finished in time, and 4 if Git cannot be reached.",
  examples: [
    ["grantkeeper reconcile orders/orders-api", "in all its accounts and regions"],
    ["grantkeeper reconcile orders/orders-api@prod --wait", "and wait for the result"],
    ["grantkeeper reconcile orders/", "a team"],
    [
      "grantkeeper reconcile --all --wait --timeout 5m",
      "all functions and policies, for at most five minutes",
    ],
  ],
  define: (command) => {
    addNamespace(addControllerOptions(command.argument("[target]", TARGET_FORM)))
      .option("--all", "all functions and policies")
      .option("--wait", "wait until each binding is compared and its changes are read back")
      .addOption(durationOption("--timeout <duration>", "how long --wait waits", "10m"));
  },
  run: async ({ args: [target], options, toolbox }) => {
    requireTargetOrAll(target, options.all === true, "reconcile");
    const client = await connect(options, toolbox);
    await requireRevision(client);
    const matching = (named: string): ReturnType<typeof knownBindings> =>
      knownBindings(named, client, options.namespace ?? null);
    const bindings = target === undefined ? null : await matching(target);
    const request = bindings === null ? ({ all: true } as const) : { keys: bindings.map(({ key }) => key) };
    // Before the request: the first calls may be made before its answer is here.
    const since = options.wait === true ? await newestEntry(client) : null;
    const reconciliation = await client.create("reconciliations", request);
    const { metadata } = reconciliation;
    if (since !== null) {
      const matchingKeys = target === undefined ? null : () => keysOrNone(matching(target));
      const look = reconciliationLook(client, { token: metadata.name, since, matchingKeys });
      return showWait({ text: "reconciling", timeoutMs: options.timeout, look }, options.output, toolbox);
    }
    const what =
      bindings === null
        ? "everything"
        : bindings.length === 1
          ? bindings.map(targetText).join()
          : counted(bindings.length, "binding");
    const lines = (): readonly string[] => [`${what} is due now   grantkeeper wait ${metadata.name}`];
    return show({ value: reconciliation, lines }, options.output, toolbox);
  },
};

/** No keys for a target that Git no longer declares: the result of the wait reports that. */
async function keysOrNone(bindings: ReturnType<typeof knownBindings>): Promise<readonly Key[]> {
  try {
    return (await bindings).map(({ key }) => key);
  } catch (error) {
    if (error instanceof CliError && error.problems[0]?.code === "NotFound") return [];
    throw error;
  }
}
