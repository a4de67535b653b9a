import { expect, test } from "@jest/globals";
import { historyLines } from "../../../../src/cli/history/history.ts";
import { historyRows } from "../../../../src/wording/history/history-rows.ts";
import { ENTRY_GROUPS, parseKinds, type EntryKind } from "../../../../src/model/entries/entry-groups.ts";
import { entryNames, GRANTKEEPER } from "../../../../src/model/entries/entry-names.ts";
import type { RecordedDriftEnd } from "../../../../src/model/drift.ts";
import { lineText } from "../../../../src/text/screen-line.ts";
import { CONTEXT, event, SHOWN } from "./events.ts";

const every = parseKinds(ENTRY_GROUPS.join(","));
const KINDS: readonly EntryKind[] = every.kind === "ok" ? every.value : [];
const ENDS: readonly RecordedDriftEnd[] = ["reverted", "applied", "gone", "released", "account-removed"];

const shownBy = (...[kind, fields]: readonly [EntryKind, Parameters<typeof event>[2]?]): unknown =>
  historyRows([event(9, kind, { until: "2026-09-30T12:00:00Z", ...fields })], CONTEXT)[0]?.by;

test.each(KINDS)("the filter finds an entry %s by Grantkeeper exactly if the column BY names it", (kind) => {
  expect(entryNames({ kind }).includes(GRANTKEEPER)).toBe(shownBy(kind) === GRANTKEEPER);
});

test.each(ENDS)("the same is true of a drift that ended as %s", (how) => {
  const isFound = entryNames({ kind: "drift-ended", how }).includes(GRANTKEEPER);

  expect(isFound).toBe(shownBy("drift-ended", { how }) === GRANTKEEPER);
});

test.each([
  { leaseEnd: "given-back", why: ", which gave its lease back" },
  { leaseEnd: "expired", why: ", whose lease had ended" },
  { leaseEnd: "failover", why: ": the database failed over, timeline 1 to 2" },
])("a takeover shows from whom, with which epoch, and why: $why", ({ leaseEnd, why }) => {
  const failover = "timeline 1 to 2";
  const [row] = historyRows(
    [event(9, "replica-took-over", { from: "pid 1 on gk-0", epoch: 7, leaseEnd, failover })],
    CONTEXT,
  );

  expect([row?.kind, row?.message]).toEqual(["took over", `epoch 7 after pid 1 on gk-0${why}`]);
});

const LOSS = { backupAt: "2026-09-30T08:00:00Z", lostUpTo: 4_410, reason: "INC-4410" };
const ACCOUNT = { account: "prod", accountId: "111122223333", set: "all" };

test.each([
  {
    kind: "restored",
    fields: { ...LOSS, actor: "local:dana" },
    by: "local:dana",
    message: 'the loss of entries up to 4410 was accepted, the last entry before it is of 08:00Z: "INC-4410"',
  },
  {
    kind: "restored",
    fields: LOSS,
    by: "-",
    message: 'from the backup of 08:00Z, entries up to 4410 were lost: "INC-4410"',
  },
  {
    kind: "restored",
    fields: { ...LOSS, lostUpTo: null, reason: null },
    by: "-",
    message: "from the backup of 08:00Z",
  },
  {
    kind: "account-found",
    fields: ACCOUNT,
    by: "-",
    message: "account prod (111122223333) by AccountSet all",
  },
  {
    kind: "account-removed",
    fields: ACCOUNT,
    by: "-",
    message: "account prod (111122223333): no longer declared in Git, nothing in it was changed",
  },
] as const)(
  "an entry $kind shows who it names and what it means: $message",
  ({ kind, fields, by, message }) => {
    const [row] = historyRows([event(9, kind, fields)], CONTEXT);

    expect(row).toMatchObject({ by, message });
  },
);

test.each(KINDS)("an entry %s is not shown without words", (kind) => {
  const fields = { until: "2026-09-30T12:00:00Z", reason: "limit 3" };
  const [row] = historyRows([event(9, kind, fields)], CONTEXT);

  expect(row?.message).not.toBe("");
});

test("the id of a person takes no space of the messages; -o wide has it", () => {
  const actor = "Dana Ruiz <https://login.example.com/realms/acme#9f1c2d3e-4b5a-6789>";
  const rows = historyRows([event(18_446, "signed-in", { actor, method: "oidc", session: "s1" })], CONTEXT);
  const shown = (isWide: boolean): string =>
    historyLines(rows, SHOWN, { width: 80, rowWidth: isWide ? Infinity : 80, isWide })
      .map(lineText)
      .join("\n");

  expect(shown(false)).toBe(
    "ENTRY  AGE  KIND       BY         MESSAGE\n18446  9m   signed-in  Dana Ruiz  oidc, session s1",
  );
  expect(shown(true)).toContain(actor);
});

test.each([
  { authors: ["Dana", "Dana"], shown: ", author Dana (unverified)" },
  {
    authors: ["Dana", "Robin", "Dana", "Sam", "Kim"],
    shown: ", authors Dana, Robin and 2 more (unverified)",
  },
  { authors: [], shown: "" },
])("Grantkeeper accepts a revision; its authors are in the message: $authors", ({ authors, shown }) => {
  const revision = `main@sha1:${"a".repeat(40)}`;
  const commits = authors.map((author) => ({ author }));

  const [row] = historyRows([event(9, "revision-accepted", { revision, previous: null, commits })], CONTEXT);

  expect(row).toMatchObject({ by: GRANTKEEPER, message: `aaaaaaa, the first revision${shown}` });
});
