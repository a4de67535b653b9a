import type { ApiClient } from "../client/client.ts";
import { comparingNotes, uncomparedNote } from "../screen/comparing.ts";
import { printNote } from "../screen/print.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

/**
 * Notes the accounts whose objects are listed as an earlier start of the controller recorded them.
 * @returns their ids
 */
export async function noteComparing(client: ApiClient, toolbox: Toolbox): Promise<ReadonlySet<string>> {
  const { accounts, startedAt, source } = (await client.overview()).status;
  const start = { startedAt, nowMs: toolbox.clock.nowMs() };
  const notes = source.accepted === null ? [uncomparedNote(start)] : comparingNotes(accounts, start);
  for (const note of notes) await printNote(note, toolbox);
  return new Set(accounts.filter(({ comparing }) => comparing).map(({ accountId }) => accountId));
}
