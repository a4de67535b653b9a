import { Command, CommanderError } from "commander";
import type { ExitCode } from "./toolbox/cli-error.ts";
import type { CliCommand } from "./toolbox/command.ts";
import { COMPLETE } from "./completion/scripts.ts";
import { layoutOf } from "./screen/layout.ts";
import { cleanLine } from "./screen/paint.ts";
import type { Toolbox } from "./toolbox/toolbox.ts";
import { usageError } from "./usage-error.ts";

/** Loads the commands that a command line may name, in the order of `--help`. */
export type LoadCommands = (name: string | undefined) => Promise<readonly CliCommand<object>[]>;

/** Runs one command line (without the program's own words) and returns its exit code. Never throws. */
export async function runCli(
  argv: readonly string[],
  loadCommands: LoadCommands,
  toolbox: Toolbox,
): Promise<number> {
  const session = new CommandRun(toolbox);
  try {
    const commands = await loadCommands(argv[0]);
    if (argv[0] === COMPLETE) return await printCandidates(argv.slice(1), commands, toolbox);
    await session.program(commands).parseAsync([...untilUnknown(argv, commands)], { from: "user" });
    return session.code;
  } catch (error) {
    // Help and the version are printed already; an empty command line is answered with the help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    const { reportFailure } = await import("./report-failure.ts");
    return await reportFailure(error, argv, toolbox);
  } finally {
    await session.flushed();
  }
}

/**
 * The words up to one that is no command: commander would answer `--help` after it with the help of the group, or with
 * that of the program.
 */
function untilUnknown(argv: readonly string[], commands: readonly CliCommand<object>[]): readonly string[] {
  const names = new Set(commands.map(({ name }) => name));
  const groups = new Set(commands.flatMap(({ name }) => groupsAbove(name.split(" "))));
  for (const [at, word] of argv.entries()) {
    const path = argv.slice(0, at + 1).join(" ");
    if (word.startsWith("-") || word === "help" || names.has(path)) return argv;
    if (!groups.has(path)) return argv.slice(0, at + 1);
  }
  return argv;
}

/** `store`, for the words of `store move`. */
function groupsAbove(words: readonly string[]): readonly string[] {
  return words.slice(0, -1).map((_, at) => words.slice(0, at + 1).join(" "));
}

/** For the scripts of `completion`. The words are not parsed: the options among them belong to another command line. */
async function printCandidates(
  words: readonly string[],
  commands: readonly CliCommand<object>[],
  toolbox: Toolbox,
): Promise<number> {
  const { candidates } = await import("./completion/candidates.ts");
  const found = await candidates(words, commands, toolbox);
  await toolbox.terminal.out(found.map((word) => `${cleanLine(word)}\n`).join(""));
  return 0;
}

/** One command line's run: what it printed (help is printed synchronously) and how it ended. */
class CommandRun {
  readonly #toolbox: Toolbox;
  readonly #printed: Promise<void>[] = [];
  code: ExitCode = 0;

  constructor(toolbox: Toolbox) {
    this.#toolbox = toolbox;
  }

  async flushed(): Promise<void> {
    await Promise.all(this.#printed);
  }

  program(commands: readonly CliCommand<object>[]): Command {
    const program = this.#prepared(new Command("grantkeeper"))
      .description("Keeps AWS Lambda permissions in sync with Git.")
      .version(this.#toolbox.version, "-V, --version", "print the version")
      .helpCommand("help [command]", "help for a command")
      .addHelpText("after", PROGRAM_HELP);
    for (const command of commands) this.#add(program, command);
    return program;
  }

  #add(program: Command, command: CliCommand<object>): void {
    const [last = "", ...above] = command.name.split(" ").reverse();
    const parent = above.reduceRight((at, name) => this.#group(at, name), program);
    const leaf = this.#prepared(new Command(last))
      .summary(command.summary)
      .description(command.description)
      .addHelpText("after", examplesText(command, layoutOf(this.#toolbox.terminal, "table").width));
    command.define(leaf);
    leaf.action(async () => {
      this.code = await command.run({
        args: leaf.args,
        options: leaf.opts<object>(),
        toolbox: this.#toolbox,
      });
    });
    parent.addCommand(leaf);
  }

  #group(at: Command, name: string): Command {
    const found = at.commands.find((command) => command.name() === name);
    if (found !== undefined) return found;
    const group = this.#prepared(new Command(name)).description(GROUPS[name] ?? "");
    at.addCommand(group);
    return group;
  }

  #prepared(command: Command): Command {
    const { terminal } = this.#toolbox;
    return (
      command
        // A command may be the group of others, as `rules` is of `rules show`: their options are not its own.
        .enablePositionalOptions()
        .exitOverride((error) => {
          const isHelp = error.exitCode === 0 || error.code === "commander.help";
          throw isHelp ? error : usageError(error, command);
        })
        .showSuggestionAfterError(true)
        // Below 40 columns, which the summaries of all commands have, commander would not wrap.
        .configureHelp({ sortOptions: true, minWidthToWrap: 20 })
        .configureOutput({
          writeOut: (text) => this.#printed.push(terminal.out(text)),
          writeErr: (text) => this.#printed.push(terminal.err(text)),
          // The failure is reported once, by reportFailure.
          outputError: () => undefined,
          getOutHelpWidth: () => layoutOf(terminal, "table").width,
          getErrHelpWidth: () => layoutOf(terminal, "table").width,
        })
    );
  }
}

const GROUPS: Readonly<Record<string, string>> = {
  alerts: "send a test alert",
  audit: "show, verify or export the audit record",
  bootstrap: "print the roles, queues and rules that Grantkeeper needs in AWS",
  export: "write what the page shows as files, for readers without access",
  store: "move the record to another store",
  policy: "check, compare and evaluate policy documents, without configuration",
};

const PROGRAM_HELP = `
Examples:
  grantkeeper validate                       check the manifests in this folder
  grantkeeper plan --base origin/main        changes of this branch, without AWS
  grantkeeper run --config grantkeeper.yaml  run the controller
  grantkeeper status                         overall health and required actions

Exit codes:
  0  done
  1  usage or internal error
  2  differences (with --exit-code); for a question, the answer is no
  3  refused, awaiting approval, rejected, broken, unreadable, not verified,
     timed out
  4  cannot reach the controller, Git, AWS or a forge (network, credentials)`;

/** If an example and its purpose do not fit in one line, the purpose is above the example. */
function examplesText({ examples }: CliCommand<object>, columns: number): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const isWide = examples.some(([, what]) => width + what.length + 5 > columns);
  const lines = examples.flatMap(([line, what]) =>
    isWide ? [`  # ${what}`, `  ${line}`] : [`  ${line.padEnd(width)}   ${what}`],
  );
  return ["", "Examples:", ...lines].join("\n");
}
