import { parseArgs } from "node:util";

export type Arguments =
  | { readonly kind: "play"; readonly once: boolean; readonly json: boolean }
  | {
      readonly kind: "replicas";
      readonly replicas: number;
      readonly once: boolean;
      readonly json: boolean;
    }
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly message: string };

export const HELP = `Usage: npm run demo -- [options]      or grantkeeper-demo [options]

Runs a demo of eight steps against a simulated AWS, a git server and the real controller, all on this
machine, and stays up until Ctrl-C.

Options:
  --once        play it once and end, on ports that the system chooses; exit code 1 when a step did not happen
  --json        one JSON object on stdout instead of the story; needs --once with --replicas
  --replicas N  instead of the story, 2 to 5 replicas on a PostgreSQL server of their own, which you kill, freeze
                and continue with keys. Needs PostgreSQL (Debian's package postgresql)
  -h, --help    show this help`;

const OPTIONS = {
  once: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  replicas: { type: "string" },
  help: { type: "boolean", default: false, short: "h" },
} as const;

export function parseArguments(args: readonly string[]): Arguments {
  const { values, tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") return refused(`argument "${token.value}"`);
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(OPTIONS, token.name)) return refused(`option ${token.rawName}`);
    if (token.name !== "replicas" && token.value !== undefined) return refused(`value of ${token.rawName}`);
  }
  if (values.help === true) return { kind: "help" };
  const flags = { once: values.once === true, json: values.json === true };
  if (values.replicas === undefined) return { kind: "play", ...flags };
  const replicas = typeof values.replicas === "string" ? Number(values.replicas) : 0;
  if (![2, 3, 4, 5].includes(replicas)) return misused("--replicas needs a number from 2 to 5");
  if (flags.json && !flags.once) return misused("--replicas with --json needs --once");
  return { kind: "replicas", replicas, ...flags };
}

function misused(what: string): Arguments {
  return { kind: "refused", message: `error: ${what}; --help lists the options` };
}

function refused(what: string): Arguments {
  return { kind: "refused", message: `error: unknown ${what}; --help lists the options` };
}
