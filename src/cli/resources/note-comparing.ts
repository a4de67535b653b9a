import type { OverviewObject } from "../../api/overview.ts";
import { comparingNotes, uncomparedNote } from "../screen/comparing.ts";
import { printNote } from "../screen/print.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

/** Notes the accounts whose objects are listed as an earlier start of the controller recorded them. */
export async function noteComparing(
  { accounts, startedAt, source }: OverviewObject["status"],
  toolbox: Toolbox,
): Promise<void> {
  const start = { startedAt, nowMs: toolbox.clock.nowMs() };
  const notes = source.accepted === null ? [uncomparedNote(start)] : comparingNotes(accounts, start);
  for (const note of notes) await printNote(note, toolbox);
}
