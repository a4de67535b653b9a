import { expect, test } from "@jest/globals";
import type { UnrecordedEntry } from "../../../src/controller/ports/audit-log.ts";
import { ALL, calm, itemsOf } from "../../support/screens/action-required.ts";
import { UNRECORDED_WRITE } from "../../support/trail/own-role-events.ts";

const entry = (change: Partial<UnrecordedEntry>): UnrecordedEntry =>
  ({
    kind: "unrecorded-writes",
    seq: 9,
    at: "2026-11-25T10:32:08.000Z",
    account: "prod",
    writes: [UNRECORDED_WRITE],
    omitted: 0,
    ...change,
  }) as UnrecordedEntry;

function withWrites(unrecordedWrites: readonly UnrecordedEntry[]) {
  const state = calm();
  const accounts = state.overview.accounts.map((account) => ({ ...account, unrecordedWrites }));
  return { ...state, overview: { ...state.overview, accounts } };
}

test("writes by a role of Grantkeeper that are not in its record are the first item, with the last ones and their callers", async () => {
  const newer = entry({
    seq: 12,
    at: "2026-11-25T11:00:00.000Z",
    writes: ["e2", "e3", "e4"].map((eventId) => ({ ...UNRECORDED_WRITE, eventId, object: null })),
    omitted: 7,
  });
  const by = "by gk-7 via writer from 203.0.113.7, access key ASIAEXAMPLE0000000007";

  const [item] = await itemsOf(withWrites([newer, entry({})]));

  expect(item).toEqual({
    kind: "unrecorded",
    accountId: expect.any(String),
    target: "account prod",
    message:
      "11 writes by roles of Grantkeeper are not in its record: another caller has credentials of Grantkeeper",
    details: [
      ...["e4", "e3", "e2"].map(
        (id) => `iam:AttachRolePolicy at 2026-11-25T10:32:07.000Z (event ${id}, us-east-1), ${by}`,
      ),
      "and 8 more",
    ],
    hint: "grantkeeper runbook unrecorded-writes; it is shown for 7 days after the last one",
    security: true,
    since: "2026-11-25T10:32:08.000Z",
  });
});

test("a token of some namespaces sees nothing of them", async () => {
  const state = withWrites([entry({})]);

  expect(await itemsOf(state, { ...ALL, namespaces: new Set(["orders"]) })).toEqual([]);
});
