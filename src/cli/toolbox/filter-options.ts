import { InvalidArgumentError, type Command } from "commander";
import type { EntryFilter } from "../../model/entries/entry-filter.ts";
import { ENTRY_GROUPS, parseKinds, type EntryKind } from "../../model/entries/entry-groups.ts";
import { timeArgument } from "./options.ts";

export interface FilterOptions {
  readonly kind?: readonly EntryKind[];
  readonly by?: string;
  readonly since?: number;
  readonly until?: number;
}

export function addFilter(command: Command): Command {
  return command
    .option("--by <name>", "what this person, token or principal of AWS did; a part of the name is enough")
    .option("--kind <kinds>", `of these kinds: ${ENTRY_GROUPS.join(", ")}, or kinds of entries`, kindArgument)
    .option("--since <time>", "since this day (UTC) or time", timeArgument)
    .option("--until <time>", "before this day (UTC) or time", timeArgument);
}

export function filterOf({ kind, by, since, until }: FilterOptions): EntryFilter {
  return { kinds: kind ?? null, by: by ?? null, sinceMs: since ?? null, untilMs: until ?? null };
}

function kindArgument(text: string): readonly EntryKind[] {
  const parsed = parseKinds(text);
  if (parsed.kind === "ok") return parsed.value;
  throw new InvalidArgumentError(`"${parsed.error}" is none of: ${ENTRY_GROUPS.join(", ")}.`);
}
