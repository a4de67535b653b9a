import { describe, expect, test } from "@jest/globals";
import type { AuditRange, Departure } from "../../../src/controller/ports/audit-log.ts";
import { CliError } from "../../../src/cli/toolbox/cli-error.ts";
import type { Installation } from "../../../src/cli/toolbox/toolbox.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { departureChecks, recordedDepartures } from "../../../src/workbench/doctor/departures.ts";
import { ACCOUNT, OTHER_ACCOUNT } from "../../support/record/audit-facts.ts";

const NOW_MS = Date.parse("2026-11-28T12:00:00.000Z");
const clock = { nowMs: () => NOW_MS, sleep: async () => undefined };

function departure(change: Partial<Departure> = {}): Departure {
  return {
    seq: 4,
    at: "2026-11-27T10:00:00.000Z",
    prev: "",
    hash: "",
    kind: "account-left",
    set: "sandboxes",
    accountId: ACCOUNT,
    account: "sandbox-111122223333",
    ...change,
  };
}

describe("the accounts that left, by the record in the state directory", () => {
  test("are those of the last seven days, and the record is closed", async () => {
    const asked: AuditRange[] = [];
    let isClosed = false;
    async function* entries(range: AuditRange): AsyncIterable<AuditEntry> {
      asked.push(range);
      yield departure();
    }
    const reader = { entries, close: () => void (isClosed = true) };
    const audit = async () => reader as unknown as Awaited<ReturnType<Installation["audit"]>>;

    expect(await recordedDepartures({ audit }, clock)).toEqual([departure()]);
    expect(asked).toEqual([{ kind: "account-left", sinceMs: NOW_MS - 7 * 86_400_000 }]);
    expect(isClosed).toBe(true);
  });

  test("are none where there is no record", async () => {
    const audit = () => Promise.reject(new CliError("there is no record yet", "grantkeeper run makes it"));
    expect(await recordedDepartures({ audit }, clock)).toEqual([]);
  });

  test("are an error where the record cannot be read", async () => {
    const audit = () => Promise.reject(new Error("disk I/O error"));
    await expect(recordedDepartures({ audit }, clock)).rejects.toThrow("disk I/O error");
  });
});

describe("the check of an account set", () => {
  test("warns of an account that left it, when, and what helps", () => {
    expect(departureChecks("sandboxes", [departure()], [])).toEqual([
      {
        identity: "reader",
        region: null,
        what: "accounts that left",
        outcome: "warning",
        detail:
          "1 account left it and is not observed any more (sandbox-111122223333, 2026-11-27T10:00:00.000Z); nothing in AWS was changed; if that is not intended, correct units, tags or except of the AccountSet, or declare an AwsAccount",
      },
    ]);
  });

  test("names an account that left twice once, and several in one line", () => {
    const later = departure({ at: "2026-11-28T09:00:00.000Z" });
    const other = departure({ accountId: OTHER_ACCOUNT, account: "other-444455556666" });
    const [check] = departureChecks("sandboxes", [departure(), other, later], []);

    expect(check?.detail).toContain(
      "2 accounts left it and are not observed any more (sandbox-111122223333, 2026-11-28T09:00:00.000Z; other-444455556666, 2026-11-27T10:00:00.000Z)",
    );
  });

  test.each([
    ["of another set", departure({ set: "others" }), []],
    ["that is listed again", departure(), [{ id: ACCOUNT, name: "Sandbox" }]],
  ] as const)("does not name an account %s", (_, one, found) => {
    expect(departureChecks("sandboxes", [one], found)).toEqual([]);
  });
});
