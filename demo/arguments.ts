import { parseArgs } from "node:util";

type Arguments =
  | { readonly kind: "play"; readonly once: boolean; readonly json: boolean }
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly message: string };

export const HELP = `Usage: npm run demo -- [options]      or grantkeeper-demo [options]

Runs a demo of eight steps against a simulated AWS, a git server and the real controller, all on this
machine, and stays up until Ctrl-C.

Options:
  --once      play it once and end, on ports that the system chooses; exit code 1 when a step did not happen
  --json      one JSON object on stdout instead of the story
  -h, --help  show this`;

const OPTIONS = {
  once: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false, short: "h" },
} as const;

export function parseArguments(args: readonly string[]): Arguments {
  const { values, tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") return refused(`argument "${token.value}"`);
    if (token.kind !== "option") continue;
    if (!Object.hasOwn(OPTIONS, token.name)) return refused(`option ${token.rawName}`);
    if (token.value !== undefined) return refused(`value of ${token.rawName}`);
  }
  if (values.help === true) return { kind: "help" };
  return { kind: "play", once: values.once === true, json: values.json === true };
}

function refused(what: string): Arguments {
  return { kind: "refused", message: `error: unknown ${what}; --help lists the options` };
}
