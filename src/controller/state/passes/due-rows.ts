import type { AccountId } from "../../../model/aws/ids.ts";
import type { DueRow } from "../../ports/assigned/due-rows.ts";
import type { EndedPass } from "../reconcile-requests.ts";

interface KnownRow extends DueRow {
  /** Passes with a higher number began after the row was read. */
  readonly lastPass: number;
}

/**
 * The rows of work in the accounts that are assigned to this process.
 *
 *   (none) ──read()──► due ──passEnded() of a pass that began later──► covered ──removed()──► (none)
 */
export class DueRows {
  readonly #due = new Map<number, KnownRow>();
  readonly #covered = new Set<number>();

  /** @returns the rows that are new */
  read(rows: readonly DueRow[], lastPass: number): readonly DueRow[] {
    const added = rows.filter(({ id }) => !this.#due.has(id) && !this.#covered.has(id));
    for (const row of added) this.#due.set(row.id, { ...row, lastPass });
    return added;
  }

  /** A pass that could not read the account covers all of it, as for requests. */
  passEnded({ number, accountId, keys, failure }: EndedPass): void {
    const ended = [...this.#due.values()].filter(
      (row) => row.accountId === accountId && number > row.lastPass,
    );
    for (const { id, key } of ended) {
      if (failure === null && keys !== "all" && (key === null || !keys.includes(key))) continue;
      this.#due.delete(id);
      this.#covered.add(id);
    }
  }

  get covered(): readonly number[] {
    return [...this.#covered];
  }

  removed(ids: readonly number[]): void {
    for (const id of ids) this.#covered.delete(id);
  }

  /** Another replica makes its passes, and reads its rows. */
  forget(accountId: AccountId): void {
    for (const row of this.#due.values()) if (row.accountId === accountId) this.#due.delete(row.id);
  }
}
