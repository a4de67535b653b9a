import type { SuspensionRequest } from "../../api/commands.ts";
import type { ApiClient } from "../client.ts";
import { CliError } from "../cli-error.ts";
import type { CliCommand } from "../command.ts";
import { connect } from "../connect.ts";
import { knownBindings } from "../keys.ts";
import { addServer, durationArgument, type ServerOptions } from "../options.ts";
import { printLines } from "../print.ts";
import { accountNames } from "../account-names.ts";
import { scopeText } from "../render/scope.ts";
import { deadline } from "../render/time.ts";
import { parseTarget } from "../target.ts";
import { requireTargetOrAll } from "../target-or-all.ts";

interface SuspendOptions extends ServerOptions {
  readonly all?: true;
  readonly namespace?: string;
  readonly reason: string;
  readonly for: number;
}

export const suspend: CliCommand<SuspendOptions> = {
  name: "suspend",
  summary: "stop every write to a function, namespace or account for a while",
  description:
    "No write of any kind follows, git's included; comparing and alerting go on. It ends by itself. The target is one binding, a namespace (NAMESPACE/), an account (@ACCOUNT), both (NAMESPACE/@ACCOUNT), or --all.",
  examples: [
    ["grantkeeper suspend orders/orders-api@prod --for 2h --reason INC-4410", "one function in one account"],
    ["grantkeeper suspend orders/ --for 30m --reason INC-4410", "a team"],
    ["grantkeeper suspend @prod --for 1h --reason INC-4410", "an account"],
  ],
  define: (command) => {
    addServer(command.argument("[target]", "what is suspended"))
      .option("-n, --namespace <name>", "of a target without one")
      .option("--all", "everything")
      .requiredOption("--reason <text>", "why; stands in the record and in alerts")
      .requiredOption("--for <duration>", "how long, such as 30m or 2h", durationArgument);
  },
  run: async ({ args: [target], options, toolbox }) => {
    requireTargetOrAll(target, options.all === true, "suspend");
    const client = await connect(options, toolbox);
    const scopes =
      target === undefined
        ? [{ everything: true } as const]
        : await scopesOf(target, client, options.namespace ?? null);
    const until = `${options.for / 1_000}s`;
    const names = await accountNames(client);
    for (const scope of scopes) {
      const { metadata, spec } = await client.suspend({ scope, reason: options.reason, for: until });
      const nowMs = toolbox.clock.nowMs();
      const ends = `ends ${deadline(spec.until, nowMs)}`;
      await printLines(
        [
          `suspended  ${scopeText(spec.scope, names)}  ${ends}   grantkeeper resume ${metadata.name} --reason …`,
        ],
        toolbox,
      );
    }
    return 0;
  },
};

type Scope = SuspensionRequest["scope"];

/** A whole namespace or account is one scope, so that what comes later is covered too; functions are one each. */
async function scopesOf(
  text: string,
  client: ApiClient,
  namespace: string | null,
): Promise<readonly Scope[]> {
  const [owner = "", account] = text.split("@");
  const isNamespace = /^[a-z0-9-]+\/$/.test(owner);
  const team = isNamespace ? owner.slice(0, -1) : owner === "" ? namespace : null;
  if (owner !== "" && !isNamespace) {
    const bindings = await knownBindings(text, client, namespace);
    return bindings.map(({ key }) => ({ key }));
  }
  const accountId = account === undefined ? undefined : await accountIdOf(account, client);
  return [{ ...(team !== null && { namespace: team }), ...(accountId !== undefined && { accountId }) }];
}

async function accountIdOf(text: string, client: ApiClient): Promise<string> {
  if (parseTarget(`@${text}`).region !== null) {
    throw new CliError(
      `@${text} is a region of an account`,
      "an account is suspended as a whole: leave the region out",
    );
  }
  const accounts = (await client.overview()).status.accounts;
  const found = accounts.find(({ accountId, name }) => accountId === text || name === text);
  if (found !== undefined) return found.accountId;
  const known = accounts.map(({ name }) => name).join(", ");
  throw new CliError(`no account is called ${text}`, `known: ${known === "" ? "none yet" : known}`);
}
