import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { SiteFunction, SiteIndex } from "../../../src/api/browser/site.ts";
import { CHAIN_START, nextEntry } from "../../../src/audit/chain.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { suspendedScope } from "../../../src/model/keys/suspended-scope.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { intent } from "../../support/record/audit-facts.ts";
import { chainOf } from "../../support/record/chain.ts";
import { dataOf, exportOf, ExportFolder, filesIn } from "../../support/page/exporting.ts";
import { cli } from "../../support/screens/cli.ts";
import { ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";

let folder: ExportFolder;
let page: string;
beforeAll(async () => {
  folder = await ExportFolder.create();
  page = await folder.plainPage();
});
afterAll(() => folder.remove());

async function exported(history: readonly AuditEntry[], more: readonly string[] = []) {
  const out = folder.next();
  const run = await exportOf({ state: { history } }, { out, page, more });
  const files = await filesIn(out);
  return { run, out, files, index: dataOf(files, "index") as SiteIndex };
}

test.each([
  { of: "the function", scope: { accountId: null, namespace: null, key: ORDERS_API } },
  { of: "its namespace", scope: { accountId: null, namespace: "orders" as Namespace, key: null } },
])("the history of a function has the file with the suspension of $of", async ({ scope }) => {
  const until = "2026-12-01T00:00:00.000Z";
  const { entries } = chainOf([
    { kind: "suspended", id: "s1", ...suspendedScope(scope), actor: "dana", reason: "incident", until },
    ...Array.from({ length: 510 }, () => intent({ key: REFUNDS })),
    intent({ key: ORDERS_API }),
  ]);

  const { files } = await exported(entries);

  const functions = dataOf(files, "functions-000000") as readonly SiteFunction[];
  const own = functions.find(({ binding }) => binding.spec.key === ORDERS_API);
  expect(own).toMatchObject({ history: ["history-000000", "history-000001"], isHistoryCut: false });
});

describe("with --since", () => {
  test("older entries are left out, and the command verifies a period", async () => {
    const { entries } = chainOf([
      { kind: "stopped", version: "0.1.0", reason: "x" },
      intent({ key: ORDERS_API }),
      "sign",
      intent({ key: REFUNDS }),
    ]);

    const { index, out } = await exported(entries, ["--since", "2026-11-25T12:00:02Z"]);

    expect(index.evidence).toMatchObject({ kind: "chain", first: 3, last: 4 });
    expect(await readFile(join(out, "HOW-TO-VERIFY.txt"), "utf8")).toContain(
      "audit.jsonl \\\n     --period \\\n     --public-key audit-key.pub.pem",
    );
    const run = await cli(["audit", "verify", join(out, "evidence", "audit.jsonl"), "--period"]);
    expect(run.code).toBe(0);
    expect(run.out).toContain("2 entries, 3 to 4 in one unbroken chain");
  });

  test.each([
    {
      since: "12:00:04",
      first: 2,
      because: "an older time is among newer ones, and no entry between is left out",
    },
    { since: "12:00:06", first: 4, because: "no earlier entry has such a time" },
  ])(
    "after a clock was set back, entries since $since begin with $first: $because",
    async ({ since, first }) => {
      const { entries } = ["12:00:02", "12:00:05", "12:00:01", "12:00:06"].reduce<{
        readonly head: Parameters<typeof nextEntry>[0];
        readonly entries: readonly AuditEntry[];
      }>(
        ({ head, entries: earlier }, time) => {
          const fact = { kind: "stopped", version: "0.1.0", reason: time } as const;
          const entry = nextEntry(head, fact, `2026-11-25T${time}.000Z`);
          return { head: entry, entries: [...earlier, entry] };
        },
        { head: CHAIN_START, entries: [] },
      );

      const { run, index } = await exported(entries, ["--since", `2026-11-25T${since}Z`]);

      expect(run).toMatchObject({ code: 0, err: "" });
      expect(index.evidence).toMatchObject({ first, last: 4, broken: null });
    },
  );
});
