import { MAIL_FAILURES } from "../../src/record/sinks/mail.ts";
import { CERTIFICATE, NETWORK_FAILURES } from "../../src/record/sinks/network-problem.ts";
import { SLACK_ERRORS } from "../../src/record/sinks/slack-errors.ts";
import { STATUS_FIXES } from "../../src/record/sinks/webhook.ts";
import { ALERTS } from "./alerts.ts";
import { code, table } from "./fields.ts";
import { laidOut, withPart, type Page } from "./page.ts";

const PARTS = { alerts: alertsTable, failures: failuresTable };

/** Written by people, but for its tables. */
export const alertsPage: Page = {
  path: "docs/alerts.md",
  text: (before) =>
    laidOut(Object.entries(PARTS).reduce((page, [name, part]) => withPart(page, name, part()), before)),
};

function alertsTable(): string {
  const rows = Object.entries(ALERTS).map(([kind, [severity, meaning]]) => [code(kind), severity, meaning]);
  return table(["`kind`", "Severity", "Meaning"], rows);
}

/** One row for each fix: several errors may have the same. */
function failuresTable(): string {
  const failures: readonly (readonly [error: string, fix: string])[] = [
    ...Object.entries(NETWORK_FAILURES).map(
      ([name, [cause, fix]]) => [`${code(name)}: ${cause}`, fix] as const,
    ),
    [CERTIFICATE[0], CERTIFICATE[1]],
    ...Object.entries(STATUS_FIXES).map(([status, fix]) => [code(`answered ${status}`), fix] as const),
    ...Object.entries(SLACK_ERRORS).map(([name, [, fix]]) => [`Slack answered ${code(name)}`, fix] as const),
    ...Object.values(MAIL_FAILURES).map(({ cause, fix }) => [cause, fix] as const),
  ];
  const byFix = Map.groupBy(failures, ([, fix]) => fix);
  return table(
    ["Error", "What to do"],
    [...byFix].map(([fix, all]) => [all.map(([error]) => error).join("; "), fix]),
  );
}
