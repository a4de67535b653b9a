import { InvalidArgumentError, Option, type Command } from "commander";
import { CliError } from "./cli-error.ts";
import { parseDurationMs } from "../../model/values/duration.ts";

export interface ConfigOptions {
  readonly config?: string;
}

export type OutputFormat = "table" | "wide" | "name" | "json" | "yaml";

/** What the tools of a pipeline read; of commands that find problems. */
const REPORT_FORMATS = ["sarif", "junit", "github", "gitlab", "markdown"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export function isReportFormat(format: OutputFormat | ReportFormat): format is ReportFormat {
  return REPORT_FORMATS.some((one) => one === format);
}

export interface OutputOptions {
  readonly output: OutputFormat;
}

/** Options of a command that needs no controller. */
export interface LocalOptions extends ConfigOptions, OutputOptions {}

/** Options of a command that needs no controller and finds problems. */
export interface ReportOptions extends ConfigOptions {
  readonly output: OutputFormat | ReportFormat;
}

export interface ServerOptions extends ConfigOptions {
  readonly server?: string;
}

/** Options of a command that asks the running controller. */
export interface ControllerOptions extends ServerOptions, OutputOptions {}

export interface WatchOptions {
  readonly watch?: true;
}

/** How people name a target. */
export const TARGET_FORM = "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form";

const FORMATS: readonly OutputFormat[] = ["table", "json", "yaml"];
/** For screens that shorten what needs no attention: `wide` shortens nothing. */
export const SCREEN_FORMATS: readonly OutputFormat[] = ["table", "wide", "json", "yaml"];
/** For commands that print a list: `wide` cuts nothing, `name` prints what other commands take. */
export const LIST_FORMATS: readonly OutputFormat[] = ["table", "wide", "name", "json", "yaml"];

export function addConfig(command: Command): Command {
  return command.option(
    "--config <file>",
    "the operator's file (default: GRANTKEEPER_CONFIG, ./grantkeeper.yaml)",
  );
}

/** The option of a command that compiles manifests without AWS. */
export interface ReferencesOption {
  readonly references?: string;
}

export function addReferences(command: Command): Command {
  return command.option("--references <file>", "the values of ${stack.…} and ${ssm.…}, as JSON");
}

export function addOutput(command: Command, formats: readonly string[] = FORMATS): Command {
  const option = new Option("-o, --output <format>", "output format").choices([...formats]);
  return command.addOption(option.default("table"));
}

export function addLocalOptions(command: Command, formats: readonly string[] = FORMATS): Command {
  return addOutput(addConfig(command), formats);
}

export function addReportOptions(command: Command): Command {
  return addOutput(addConfig(command), [...FORMATS, ...REPORT_FORMATS]);
}

export function addControllerOptions(command: Command, formats: readonly string[] = FORMATS): Command {
  return addServer(addOutput(addConfig(command), formats));
}

export function addServer(command: Command): Command {
  return command.option(
    "--server <url>",
    "the controller's address (default: GRANTKEEPER_SERVER, else from the operator's file); GRANTKEEPER_TOKEN is its token",
  );
}

export function addControllerReportOptions(command: Command): Command {
  return addControllerOptions(command, [...LIST_FORMATS, ...REPORT_FORMATS]);
}

export function addNamespace(command: Command): Command {
  return command.option("-n, --namespace <name>", "namespace of a target that names none");
}

export function addWatch(command: Command): Command {
  return command.option("-w, --watch", "print again whenever it changes, until interrupted");
}

/** For a command whose argument is the folder that other commands take with --dir. */
export function addFolder(command: Command): Command {
  return command.option("--dir <folder>", "same as the folder argument");
}

/** @throws CliError for both */
export function folderOf(argument: string | undefined, dir: string | undefined): string | undefined {
  if (argument === undefined || dir === undefined) return argument ?? dir;
  throw new CliError(`${argument} and --dir ${dir} both name a folder`, "leave one of them out");
}

/** An option that may be given several times. */
export function repeated(flags: string, description: string): Option {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  return new Option(flags, description).argParser<readonly string[]>(collect);
}

/** Commander shows the text after the name of the option. */
export function durationArgument(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms === 0)
    throw new InvalidArgumentError("Expected a duration such as 30s, 5m, 2h or 7d.");
  return ms;
}

/** Help shows the default as it would be typed. */
export function durationOption(flags: string, description: string, standard: string): Option {
  return new Option(flags, description)
    .argParser(durationArgument)
    .default(durationArgument(standard), standard);
}

export function portArgument(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("Expected a port from 0 to 65535.");
  return port;
}

export function countUpTo(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!/^[1-9]\d{0,3}$/.test(text) || count > max)
      throw new InvalidArgumentError(`Expected a whole number from 1 to ${max}.`);
    return count;
  };
}

export const countArgument = countUpTo(1_000);
