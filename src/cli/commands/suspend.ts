import type { SuspensionObject } from "../../api/commands.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import {
  addControllerOptions,
  addNamespace,
  durationArgument,
  type ControllerOptions,
} from "../toolbox/options.ts";
import { showSuspensions } from "../screen/suspensions.ts";
import { isSameScope, scopeText } from "../../model/keys/suspension-scope.ts";
import { deadline } from "../../wording/time.ts";
import { scopesOf } from "../client/suspension-scopes.ts";
import { requireTargetOrAll } from "../toolbox/target.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

interface SuspendOptions extends ControllerOptions {
  readonly all?: true;
  readonly namespace?: string;
  readonly reason: string;
  readonly for: number;
}

export const suspend: CliCommand<SuspendOptions> = {
  name: "suspend",
  summary: "stop every write to a function, namespace or account for a while",
  description:
    "Stops every write, including those of new commits; comparisons and alerts continue. A suspension ends by itself. A second suspension of the same target extends the first one, and never shortens it. The target is one binding, a namespace (NAMESPACE/), an account (@ACCOUNT), both (NAMESPACE/@ACCOUNT), or --all.",
  examples: [
    ["grantkeeper suspend orders/orders-api@prod --for 2h --reason INC-4410", "one function in one account"],
    ["grantkeeper suspend orders/ --for 30m --reason INC-4410", "a team"],
    ["grantkeeper suspend @prod --for 1h --reason INC-4410", "an account"],
  ],
  define: (command) => {
    addNamespace(addControllerOptions(command.argument("[target]", "what is suspended")))
      .option("--all", "all functions and policies")
      .requiredOption("--reason <text>", "reason, written to the audit record and to alerts")
      .requiredOption("--for <duration>", "how long, such as 30m or 2h", durationArgument);
  },
  run: async ({ args: [target], options, toolbox }) => {
    requireTargetOrAll(target, options.all === true, "suspend");
    const client = await connect(options, toolbox);
    const scopes = await scopesOf(target, client, options.namespace ?? null);
    const [before, names] = await Promise.all([client.list("suspensions"), client.accountNames()]);
    const items: SuspensionObject[] = [];
    for (const scope of scopes)
      items.push(
        await client.create("suspensions", { scope, reason: options.reason, for: `${options.for / 1_000}s` }),
      );
    const nowMs = toolbox.clock.nowMs();
    const linesOf = (item: SuspensionObject): readonly ScreenLine[] =>
      suspendedLines(item, { before, names, nowMs });
    return showSuspensions({ items, linesOf }, options.output, toolbox);
  },
};

interface SuspensionContext {
  /** The suspensions in force before. */
  readonly before: readonly SuspensionObject[];
  readonly names: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

function suspendedLines(
  { metadata, spec }: SuspensionObject,
  { before, names, nowMs }: SuspensionContext,
): readonly ScreenLine[] {
  const first = before.find((one) => isSameScope(one.spec.scope, spec.scope));
  const until = `until ${deadline(spec.until, nowMs)}`;
  const scope = scopeText(spec.scope, names);
  const hints = labelledLines("hint", `grantkeeper resume ${metadata.name} --reason TEXT`);
  if (first === undefined) return [`suspended ${scope}: ${until}`, ...hints];
  if (first.spec.until < spec.until)
    return [`extended ${scope}: ${until}, was ${deadline(first.spec.until, nowMs)}`, ...hints];
  return [
    `suspended ${scope}: already ${until}`,
    ...labelledLines("note", "a suspension is never shortened: resume it first"),
    ...hints,
  ];
}
