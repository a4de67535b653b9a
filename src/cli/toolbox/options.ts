import { InvalidArgumentError, Option, type Command } from "commander";
import { parseDurationMs } from "../../model/values/duration.ts";

export interface ConfigOptions {
  readonly config?: string;
}

export interface ServerOptions extends ConfigOptions {
  readonly server?: string;
}

export type OutputFormat = "table" | "wide" | "name" | "json" | "yaml";

export interface OutputOptions {
  readonly output: OutputFormat;
}

export interface SelectionOptions {
  readonly namespace?: string;
  readonly allNamespaces?: true;
  readonly selector?: string;
}

export interface WatchOptions {
  readonly watch?: true;
}

export function addConfig(command: Command): Command {
  return command.option(
    "--config <file>",
    "the operator's file (default: GRANTKEEPER_CONFIG, ./grantkeeper.yaml)",
  );
}

/** For commands that ask the running controller. */
export function addServer(command: Command): Command {
  return addConfig(command).option(
    "--server <url>",
    "the controller's address (default: GRANTKEEPER_SERVER, else from the operator's file); with GRANTKEEPER_TOKEN",
  );
}

export function addOutput(command: Command): Command {
  return addFormats(command, ["table", "json", "yaml"]);
}

/** For commands that print a list: `wide` cuts nothing, `name` prints what other commands take. */
export function addListOutput(command: Command): Command {
  return addFormats(command, ["table", "wide", "name", "json", "yaml"]);
}

function addFormats(command: Command, formats: readonly OutputFormat[]): Command {
  const option = new Option("-o, --output <format>", "format of the output").choices(formats);
  return command.addOption(option.default("table"));
}

export function addSelection(command: Command): Command {
  return command
    .addOption(new Option("-n, --namespace <name>", "of this namespace only").conflicts("allNamespaces"))
    .option("-A, --all-namespaces", "of all namespaces (the default)")
    .option("-l, --selector <labels>", "of these labels only, such as tier=1");
}

export function addWatch(command: Command): Command {
  return command.option("-w, --watch", "print again whenever it changes, until interrupted");
}

/** An option that may stand several times. */
export function repeated(flags: string, description: string): Option {
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  return new Option(flags, description).argParser<readonly string[]>(collect);
}

/** Commander shows the text behind the option's name. */
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

export function countArgument(text: string): number {
  const count = Number(text);
  if (!/^[1-9]\d{0,3}$/.test(text) || count > 1_000)
    throw new InvalidArgumentError("Expected a whole number from 1 to 1000.");
  return count;
}

/** Milliseconds since 1970 of an ISO 8601 day or time; a day begins at 00:00 UTC. */
export function timeArgument(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError("Expected 2026-09-30 or 2026-09-30T12:00:00Z.");
  return ms;
}
