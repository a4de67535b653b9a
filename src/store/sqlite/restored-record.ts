import { openWriter } from "./connection.ts";
import { storing } from "./failure.ts";

/**
 * Ends the approvals of a restored record, the accounts' first enforcing passes and the sessions: decisions and sign-outs
 * after the backup are not in it, so that an operator reviews each account before anything is written there. No controller
 * may be running.
 */
export function endDecisions(path: string): void {
  const db = openWriter(path);
  try {
    storing("reset the approvals", () =>
      db.exec(
        "DELETE FROM approvals; DELETE FROM sessions; UPDATE accounts SET record = json_set(record, '$.started', json('false'))",
      ),
    );
  } finally {
    db.close();
  }
}
