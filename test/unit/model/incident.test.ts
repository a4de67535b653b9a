import { describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import {
  accountOfIncident,
  formatIncident,
  incidentsInAccount,
  incidentsNamed,
  parseIncident,
  type Incident,
} from "../../../src/model/records/incident.ts";

const accountId = "111122223333" as AccountId;
const key = `function/${accountId}/eu-west-1/orders/orders-api` as Key;
const commit = "4f0e2d1".padEnd(40, "a");

/** The names are in the stores of installations: a changed one would leave its incident open forever. */
const NAMES: readonly (readonly [name: string, incident: Incident, account: AccountId | null])[] = [
  [`drift/${key}`, { kind: "drift", key }, accountId],
  [`refused/${key}`, { kind: "refused", key }, accountId],
  [`contended/${key}`, { kind: "contended", key }, accountId],
  [`role-recreated/${key}`, { kind: "role-recreated", key }, accountId],
  [`adoption-undone/${key}`, { kind: "adoption-undone", key }, accountId],
  [`adoption-undo-stopped/${key}`, { kind: "adoption-undo-stopped", key }, accountId],
  [`account/${accountId}/iam:GetRole`, { kind: "account", accountId, call: "iam:GetRole" }, accountId],
  [`hold/${accountId}/sha256:ab`, { kind: "hold", accountId, subject: "sha256:ab" }, accountId],
  [`wave/${accountId}/orders`, { kind: "wave", accountId, namespace: "orders" }, accountId],
  [`pass/${accountId}`, { kind: "pass", accountId }, accountId],
  [`unrecorded-writes/${accountId}`, { kind: "unrecorded-writes", accountId }, accountId],
  [`unreadable/${accountId}`, { kind: "unreadable", accountId }, accountId],
  ["unreadable/cause-0123abcd", { kind: "unreadable-together", digest: "0123abcd" }, null],
  ["files/orders", { kind: "files", namespace: "orders" }, null],
  ["files/", { kind: "files", namespace: null }, null],
  ["document-broken/role prod/x", { kind: "document-broken", document: "role prod/x" }, null],
  ["revision-held/main", { kind: "revision-held", source: "main" }, null],
  ["source-failed/git/main", { kind: "source-failed", source: "git/main" }, null],
  ["rollback-ending/main", { kind: "rollback-ending", source: "main" }, null],
  [`commit-status/git/main/${commit}`, { kind: "commit-status", source: "git/main", commit }, null],
  [`pull-requests/git/main/${commit}`, { kind: "pull-requests", source: "git/main", commit }, null],
  ["first-comparison/prod", { kind: "first-comparison", account: "prod" }, null],
  ["functions-uncovered/prod", { kind: "functions-uncovered", account: "prod" }, null],
  ["suspension-ending/a1b2", { kind: "suspension-ending", id: "a1b2" }, null],
  ["backup-failed", { kind: "backup-failed" }, null],
  ["record-broken", { kind: "record-broken" }, null],
  ["daily-reminder", { kind: "daily-reminder" }, null],
];

describe("the name of an incident", () => {
  test.each(NAMES)("%s is stored so, and read back", (name, incident, account) => {
    expect(formatIncident(incident)).toBe(name);
    expect(parseIncident(name)).toEqual(incident);
    expect(accountOfIncident(incident)).toBe(account);
  });

  test.each([
    "",
    "drift",
    "drift/",
    "drift/no-key",
    "refused/function/12/eu-west-1/orders/orders-api",
    "account/12/iam:GetRole",
    `account/${accountId}`,
    `pass/${accountId}/more`,
    "hold//sha256:ab",
    "document-broken/",
    "commit-status/main",
    "backup-failed/x",
    "later/kind",
  ])("%j is none that this version knows", (name) => {
    expect(parseIncident(name)).toBeNull();
  });

  test("is found by its beginning, in its account alone", () => {
    const beginnings = [
      ...incidentsInAccount("refused", accountId),
      ...incidentsInAccount("account", accountId),
      incidentsNamed("unreadable"),
    ];
    const names = NAMES.map(([name]) => name).filter((name) =>
      beginnings.some((one) => name.startsWith(one)),
    );

    expect(names).toEqual([
      `refused/${key}`,
      `account/${accountId}/iam:GetRole`,
      `unreadable/${accountId}`,
      "unreadable/cause-0123abcd",
    ]);
  });
});
