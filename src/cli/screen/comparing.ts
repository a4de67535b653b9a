import type { AccountStatus } from "../../api/manifests.ts";
import { someOf } from "../../text/phrases.ts";
import { ago } from "../../wording/time.ts";

interface Start {
  /** ISO 8601: the start of the controller. */
  readonly startedAt: string;
  readonly nowMs: number;
}

type ComparedAccount = Pick<AccountStatus, "name" | "comparing">;

/** A reader must know, without having asked, that what is shown was not seen by the running controller: a note. */
export function comparingNotes(
  accounts: readonly ComparedAccount[],
  { startedAt, nowMs }: Start,
): readonly string[] {
  const names = accounts.filter(({ comparing }) => comparing).map(({ name }) => name);
  if (names.length === 0) return [];
  const verb = names.length === 1 ? "has" : "have";
  const accountsText = `${someOf(names)} ${verb} not been compared`;
  return [noteText(accountsText, { startedAt, nowMs })];
}

/** Before a revision is in force, no account is known, and none is compared. */
export function uncomparedNote(start: Start): string {
  return noteText("no revision is in force and nothing has been compared", start);
}

function noteText(what: string, { startedAt, nowMs }: Start): string {
  const start = `the controller started ${ago(startedAt, nowMs)}`;
  return `${start}; ${what} since then: drift and approvals may be missing, and the rest is from the last read`;
}
