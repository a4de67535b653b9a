import type { SuspensionObject } from "../../api/commands.ts";
import type { SuspensionScope } from "../../model/approval.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { connect } from "../client/connect.ts";
import { addControllerOptions, addNamespace, type ControllerOptions } from "../toolbox/options.ts";
import { showSuspensions } from "../screen/suspensions.ts";
import { isSameScope, scopeText } from "../../model/keys/suspension-scope.ts";
import { includes, scopeOf, scopesOf } from "../client/suspension-scopes.ts";
import { requireTargetOrAll } from "../toolbox/target.ts";
import { type ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

interface ResumeOptions extends ControllerOptions {
  readonly all?: true;
  readonly namespace?: string;
  readonly reason: string;
}

export const resume: CliCommand<ResumeOptions> = {
  name: "resume",
  summary: "end a suspension before its time",
  description:
    "Ends a suspension. The writes that it stopped follow immediately: run `grantkeeper describe` first. The target is the id of a suspension, or the target that was given to `suspend`.",
  examples: [
    ['grantkeeper resume 4f1c9a30 --reason "INC-4410 is over"', "by its id"],
    ["grantkeeper resume orders/orders-api@prod --reason done", "of a function in one account"],
    ["grantkeeper resume orders/ --reason done", "of a team"],
    ["grantkeeper resume --all --reason done", "the suspension of all functions and policies"],
  ],
  define: (command) => {
    addNamespace(addControllerOptions(command.argument("[target]", "id, or the target that was suspended")))
      .option("--all", "the suspension of all functions and policies")
      .requiredOption("--reason <text>", "reason, written to the audit record");
  },
  run: async ({ args: [target], options, toolbox }) => {
    requireTargetOrAll(target, options.all === true, "resume");
    const client = await connect(options, toolbox);
    const [inForce, names] = await Promise.all([client.list("suspensions"), client.accountNames()]);
    const scopes = async (): Promise<readonly SuspensionScope[]> =>
      (await scopesOf(target, client, options.namespace ?? null)).map(scopeOf);
    const suspensions = byName(target, inForce, names) ?? byScope(target, await scopes(), { inForce, names });
    const items: SuspensionObject[] = [];
    for (const { metadata } of suspensions) items.push(await client.resume(metadata.name, options.reason));
    const remaining = inForce.filter((one) => !suspensions.includes(one));
    const linesOf = (item: SuspensionObject): readonly ScreenLine[] => resumedLines(item, remaining, names);
    return showSuspensions({ items, linesOf }, options.output, toolbox);
  },
};

type AccountNames = ReadonlyMap<string, string>;

const ID = /^[0-9a-z-]{4,}$/;

/** By its id, the beginning of it, or its scope as the screens show it. @throws CliError for the beginning of several */
function byName(
  target: string | undefined,
  inForce: readonly SuspensionObject[],
  names: AccountNames,
): readonly SuspensionObject[] | null {
  const shown = inForce.filter(
    ({ metadata, spec }) => metadata.name === target || scopeText(spec.scope, names) === target,
  );
  if (shown.length === 1) return shown;
  if (target === undefined || !ID.test(target)) return null;
  const suspensions = inForce.filter(({ metadata }) => metadata.name.startsWith(target));
  if (suspensions.length <= 1) return suspensions.length === 0 ? null : suspensions;
  const ids = suspensions.map(({ metadata }) => metadata.name).join(", ");
  throw new CliError(`${target} is the beginning of ${suspensions.length} ids`, `name one of ${ids}`);
}

/** @throws CliError when nothing of it is suspended, or only as a part of more */
function byScope(
  target: string | undefined,
  scopes: readonly SuspensionScope[],
  { inForce, names }: { readonly inForce: readonly SuspensionObject[]; readonly names: AccountNames },
): readonly SuspensionObject[] {
  const suspensions = inForce.filter(({ spec }) => scopes.some((scope) => isSameScope(scope, spec.scope)));
  if (suspensions.length > 0) return suspensions;
  const wider = inForce.filter(({ spec }) => scopes.some((scope) => includes(spec.scope, scope)));
  const hint = wider
    .map(({ metadata, spec }) => `${metadata.name} (${scopeText(spec.scope, names)})`)
    .join(", ");
  throw new CliError(
    `no suspension of ${target ?? "everything"} is in force`,
    wider.length === 0 ? "grantkeeper get suspensions" : `it is part of ${hint}: resume that one`,
    { code: "NotFound" },
  );
}

/** Names the other suspensions that still cover the target. */
function resumedLines(
  { spec }: SuspensionObject,
  remaining: readonly SuspensionObject[],
  names: AccountNames,
): readonly ScreenLine[] {
  const others = remaining.filter((one) => includes(one.spec.scope, spec.scope));
  return [
    `resumed ${scopeText(spec.scope, names)}`,
    ...others.flatMap((one) =>
      labelledLines("note", `still suspended by ${one.metadata.name} (${scopeText(one.spec.scope, names)})`),
    ),
  ];
}
