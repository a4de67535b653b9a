import { Command } from "commander";
import type { CliCommand } from "../toolbox/command.ts";
import { LISTINGS, LISTING_NAMES } from "../resources/resources.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { knownNames, type NameSource } from "./known-names.ts";
import { SHELLS } from "./scripts.ts";

/** What may come next on a command line: `words` follow the program's name, and the last one is being typed. */
export async function candidates(
  words: readonly string[],
  commands: readonly CliCommand<object>[],
  toolbox: Toolbox,
): Promise<readonly string[]> {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const command = commands.find(({ name }) => name.split(" ").every((word, at) => before[at] === word));
  const found =
    command === undefined ? commandWords(before, commands) : await ofCommand(command, words, toolbox);
  return [...new Set(found)].filter((word) => word.startsWith(current)).sort();
}

/** The next word of every command that begins like this. */
function commandWords(before: readonly string[], commands: readonly CliCommand<object>[]): readonly string[] {
  return commands.flatMap(({ name }) => {
    const parts = name.split(" ");
    const begins = before.every((word, at) => parts[at] === word);
    return begins ? parts.slice(before.length, before.length + 1) : [];
  });
}

async function ofCommand(
  cliCommand: CliCommand<object>,
  words: readonly string[],
  toolbox: Toolbox,
): Promise<readonly string[]> {
  const { name } = cliCommand;
  const command = new Command();
  cliCommand.define(command);
  const given = words.slice(name.split(" ").length, -1);
  const last = given.at(-1) ?? "";
  const option = command.options.find(({ long, short }) => last === long || last === short);
  if (option?.required === true) {
    if (option.argChoices !== undefined) return option.argChoices;
    return namesFor(
      OPTION_NAMES[`${name} ${option.long ?? ""}`] ?? OPTION_NAMES[option.long ?? ""],
      given,
      toolbox,
    );
  }
  if (words.at(-1)?.startsWith("-") === true)
    return [...command.options.flatMap(({ long }) => long ?? []), "--help"];
  return namesFor(operandSource(name, operands(given, command)), given, toolbox);
}

/** Without options and their values. */
function operands(given: readonly string[], command: Command): readonly string[] {
  return given.filter((word, at) => {
    const before = given[at - 1] ?? "";
    const option = command.options.find(({ long, short }) => before === long || before === short);
    return !word.startsWith("-") && option?.required !== true;
  });
}

const OPTION_NAMES: Readonly<Record<string, NameSource>> = {
  "--namespace": "namespaces",
  "schema --output": "outputs",
};

const FIRST_OPERAND: Readonly<Record<string, NameSource>> = {
  describe: "targets",
  history: "targets",
  reconcile: "targets",
  render: "targets",
  suspend: "targets",
  wait: "targets",
  why: "targets",
  resume: "suspensions",
  "alerts test": "routes",
  approve: "digests",
  reject: "digests",
};

function operandSource(name: string, given: readonly string[]): NameSource | readonly string[] | undefined {
  const [first = ""] = given;
  if (given.length === 0) {
    if (name === "get") return [...LISTING_NAMES, "role-arn"];
    if (name === "completion") return SHELLS;
    return FIRST_OPERAND[name];
  }
  if (given.length > 1) return undefined;
  if (name === "describe") return /^(holds?|approvals?)$/.test(first) ? "digests" : undefined;
  return name === "get" && LISTINGS.some(({ names }) => names.includes(first)) ? "targets" : undefined;
}

async function namesFor(
  source: NameSource | readonly string[] | undefined,
  given: readonly string[],
  toolbox: Toolbox,
): Promise<readonly string[]> {
  if (source === undefined) return [];
  return typeof source === "string" ? knownNames(source, given, toolbox) : source;
}
