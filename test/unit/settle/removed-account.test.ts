import { expect, test } from "@jest/globals";
import { driftFingerprint } from "../../../src/model/drift.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import { firstAccountRecord } from "../../../src/model/records/account-record.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import { removedAccount } from "../../../src/settle/removed-account.ts";
import { after, seen } from "../../support/pass/adoption.ts";
import { driftOf, KEY, statusOf } from "../../support/pass/passes.ts";
import { recordWith } from "./alerts.ts";

const ID = "111122223333" as AccountId;
const shared = {
  revision: `main@sha1:${"0".repeat(40)}` as Revision,
  nowIso: "2026-11-28T12:00:00.000Z",
};

test("a drift whose beginning an earlier version recorded ends without a claim when it was last clean", () => {
  const record = recordWith([], { driftSinceMs: { [driftFingerprint(driftOf())]: 1 } });

  const { facts, change } = removedAccount({
    ...shared,
    record: firstAccountRecord(ID, "prod"),
    keys: [record],
    openIncidents: [],
  });

  expect(facts).toMatchObject([{ kind: "drift-ended", key: KEY, how: "account-removed", lastCleanAt: null }]);
  expect(change.keys).toMatchObject([{ key: KEY, driftSinceMs: {} }]);
});

test("a key of a removed account claims no stage of adoption, and keeps what later reads need", () => {
  const { record: adoption, status } = after([0, seen()], [24, seen()]);
  const known = recordWith([], { adoption });

  const { change, facts } = removedAccount({
    ...shared,
    record: firstAccountRecord(ID, "prod"),
    keys: [{ ...known, status: { ...statusOf(), adoption: status } }],
    openIncidents: [],
  });

  const reason = "account prod is no longer declared: it is not read, and nothing in it was changed";
  expect(change.keys).toMatchObject([
    {
      adoption: { state: "unknown", recorded: "proven", proof: null },
      status: { adoption: { state: "unknown", reason, since: shared.nowIso } },
    },
  ]);
  expect(facts).toEqual([]);
});

test("an account that left its organization has its own entry, and keys without a pass are not recorded", () => {
  const openIncidents = [`pass/${ID}`, "pass/222233334444", `account/${ID}/iam:ListRoles`];

  const { facts, change, alerts } = removedAccount({
    ...shared,
    record: firstAccountRecord(ID, "sandbox"),
    keys: [emptyKeyRecord(KEY)],
    openIncidents,
  });

  expect(facts).toEqual([]);
  expect(change.keys).toEqual([]);
  expect(alerts).toEqual(
    [openIncidents[2], openIncidents[0]].map((incident) => ({
      kind: "account-removed",
      incident,
      account: "sandbox",
      target: "sandbox",
    })),
  );
});
