import { InvalidArgumentError, type Command } from "commander";
import { parseDurationMs } from "../../model/values/duration.ts";
import { parseInstant } from "../../text/instant.ts";
import { CliError } from "./cli-error.ts";

/** A time that an option names; `ago`: so long before the command runs. */
export type TimeOption = { readonly kind: "instant" | "ago"; readonly ms: number };

export interface PeriodOptions {
  readonly since?: TimeOption;
  readonly until?: TimeOption;
}

/** Milliseconds since 1970; null: without this limit. */
export interface ChosenPeriod {
  readonly sinceMs: number | null;
  /** Without this instant. */
  readonly untilMs: number | null;
}

export function addPeriod(command: Command): Command {
  return command
    .option(
      "--since <time>",
      "since this day (UTC) or time, or since a duration ago, such as 2h",
      timeArgument,
    )
    .option("--until <time>", "before this day (UTC) or time, or before a duration ago", timeArgument);
}

/** An ISO 8601 day, which begins at 00:00 UTC, or time; or a duration such as `2h`. */
export function timeArgument(text: string): TimeOption {
  const ms = parseInstant(text);
  if (ms !== undefined) return { kind: "instant", ms };
  const agoMs = parseDurationMs(text);
  if (agoMs !== undefined) return { kind: "ago", ms: agoMs };
  throw new InvalidArgumentError(
    "Expected 2026-09-30, 2026-09-30T12:00:00Z, or a duration such as 2h or 7d, at most 36500d.",
  );
}

/** @throws CliError for a period that no time is in */
export function periodOf({ since, until }: PeriodOptions, nowMs: number): ChosenPeriod {
  const [sinceMs, untilMs] = [timeOf(since, nowMs), timeOf(until, nowMs)];
  if (sinceMs !== null && untilMs !== null && sinceMs >= untilMs)
    throw new CliError(
      `--since ${isoTime(sinceMs)} is not before --until ${isoTime(untilMs)}: nothing is in between`,
      "exchange the two, or leave one out",
    );
  return { sinceMs, untilMs };
}

export function timeOf(option: TimeOption | undefined, nowMs: number): number | null {
  if (option === undefined) return null;
  return option.kind === "instant" ? option.ms : nowMs - option.ms;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
