import type { AlertEvent } from "../../src/controller/ports/recorder.ts";

/** Complete by the compiler: a new event needs its row. */
export const ALERTS = {
  "drift-opened": [
    "security or other",
    "AWS differs: what became possible, what happens next and when, how to hold it",
  ],
  "drift-closed": [
    "as it was opened",
    "the end of that incident: put back, taken into git, or gone by itself",
  ],
  "first-comparison": [
    "security if something is worth a look",
    "one summary for what was compared for the first time in a pass",
  ],
  held: ["other", "something waits for an approval"],
  refused: ["other", "a guard rule refuses a manifest"],
  "access-denied": ["other", "an identity lacks a permission; once for each call"],
  "files-refused": ["other", "files of a team that the source does not read, with the reason and the fix"],
  "files-read": ["other", "the end of that incident"],
  "pass-failed": ["security", "an error of Grantkeeper ended a pass: the account is not watched"],
  "pass-recovered": ["security", "the end of that incident"],
  contended: ["security", "somebody sets a field again and again; reverting has stopped"],
  "role-recreated": ["security", "a role was deleted and made again under its name"],
  "suspension-ending": ["other", "15 minutes before its end: what will change then"],
  "daily-reminder": ["other", "suspensions that stand, and roles without a manifest"],
  "revision-held": ["security", "a force-push or rollback waits for an approval"],
  "source-failed": ["other", "the source can't be read, or holds nothing that may be enforced"],
} as const satisfies Record<AlertEvent["kind"], readonly [severity: string, says: string]>;
