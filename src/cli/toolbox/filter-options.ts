import { InvalidArgumentError, type Command } from "commander";
import type { EntryFilter } from "../../model/entries/entry-filter.ts";
import { ENTRY_GROUPS, parseKinds, type EntryKind } from "../../model/entries/entry-groups.ts";
import { addPeriod, periodOf, type PeriodOptions } from "./period-options.ts";

export interface FilterOptions extends PeriodOptions {
  readonly kind?: readonly EntryKind[];
  readonly by?: string;
}

export function addFilter(command: Command): Command {
  return addPeriod(
    command
      .option(
        "--by <name>",
        "what this person, token, principal of AWS or Grantkeeper did; a part of the name is enough",
      )
      .option(
        "--kind <kinds>",
        `of these kinds: ${ENTRY_GROUPS.join(", ")}, or kinds of entries`,
        kindArgument,
      ),
  );
}

/** @throws CliError for a period that no time is in */
export function filterOf(options: FilterOptions, nowMs: number): EntryFilter {
  const { kind = null, by = null } = options;
  return { kinds: kind, by, ...periodOf(options, nowMs) };
}

function kindArgument(text: string): readonly EntryKind[] {
  const parsed = parseKinds(text);
  if (parsed.kind === "ok") return parsed.value;
  throw new InvalidArgumentError(`"${parsed.error}" is none of: ${ENTRY_GROUPS.join(", ")}.`);
}
