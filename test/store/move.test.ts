import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { clock, SILENT } from "../../src/compose/ports.ts";
import { moveRecordTo } from "../../src/store/move/move-record.ts";
import { openStore } from "../../src/store/sqlite/open.ts";
import type { AccountId } from "../../src/model/aws/ids.ts";
import { intent, refusal } from "../support/record/audit-facts.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { all } from "./audit-entries.ts";
import { optionsFor } from "./engines.ts";
import { Places } from "./places.ts";
import { databaseOf, POSTGRES, serverOf, testCluster } from "./postgres-engine.ts";
import { tamper } from "./sqlite-file.ts";

const places = new Places();
const ACCOUNT = "111122223333" as AccountId;
const TOOLS = { clock, telemetry: SILENT, inThreads };

(HAS_POSTGRES ? describe : describe.skip)("`store move`", () => {
  /** A state directory with entries, an open intent, alerts and a change of the record. */
  async function filled(): Promise<string> {
    const folder = await places.folder();
    const { audit, settlements, store } = openStore(optionsFor(folder));
    await audit.append([...Array.from({ length: 700 }, (_, at) => refusal(at)), intent()]);
    await audit.checkpoint();
    await settlements.record([refusal(1)], () => ({
      outbox: [{ route: "ops", body: "{}", dueMs: 5 }],
      rejections: [{ subject: "x" } as never],
    }));
    await store.close();
    return folder;
  }

  async function requestFor(folder: string) {
    const server = serverOf(await databaseOf(folder));
    return { stateDir: folder, instance: "test-1", server, anchorsFile: join(folder, "audit-anchors.jsonl") };
  }

  async function run(folder: string, sql: string): Promise<void> {
    await (await testCluster()).run(sql, serverOf(await databaseOf(folder)).database);
  }

  test("copies everything, proves the copy, and the file never starts again", async () => {
    const folder = await filled();

    const outcome = await moveRecordTo(await requestFor(folder), TOOLS);

    expect(outcome).toMatchObject({ kind: "moved", report: { verdict: "intact", entries: 704 } });
    const { audit, store, outboxStore } = places.keep(await POSTGRES.open(optionsFor(folder)));
    expect(store.fresh).toBe(false);
    expect(await store.rejections()).toEqual([{ subject: "x" }]);
    expect(await outboxStore.waiting("ops", 9)).toMatchObject([{ body: "{}", dueMs: 5 }]);
    expect(await audit.openIntents(ACCOUNT)).toHaveLength(1);
    await audit.append([refusal(2)]);
    expect(await all(audit)).toHaveLength(705);
    await store.commit({ outbox: [{ route: "ops", body: "[]", dueMs: 6 }] });
    expect(await outboxStore.waiting("ops", 9)).toHaveLength(2);
    expect(() => openStore(optionsFor(folder))).toThrow(expect.objectContaining({ code: "moved" }));
    await expect(moveRecordTo(await requestFor(folder), TOOLS)).rejects.toMatchObject({ code: "moved" });
  });

  test("that fails while it copies leaves an empty database and the file, and the next one moves it", async () => {
    const folder = await filled();
    await places.close(await POSTGRES.open(optionsFor(folder)));
    await run(folder, "ALTER TABLE rejections RENAME TO away");

    await expect(moveRecordTo(await requestFor(folder), TOOLS)).rejects.toMatchObject({ code: "missing" });
    await openStore(optionsFor(folder)).store.close();
    await run(folder, "ALTER TABLE away RENAME TO rejections");

    expect(await moveRecordTo(await requestFor(folder), TOOLS)).toMatchObject({ kind: "moved" });
  });

  test("after a copy that was not retired: the same file is retired, one with new entries is refused", async () => {
    const folder = await filled();
    await moveRecordTo(await requestFor(folder), TOOLS);
    // As after a kill before the last step.
    tamper(folder, "DROP TABLE retired; PRAGMA user_version = 7");

    expect(await moveRecordTo(await requestFor(folder), TOOLS)).toMatchObject({ kind: "moved" });

    tamper(folder, "DROP TABLE retired; PRAGMA user_version = 7");
    const { audit, store } = openStore(optionsFor(folder));
    await audit.append([refusal(3)]);
    await store.close();
    await expect(moveRecordTo(await requestFor(folder), TOOLS)).rejects.toMatchObject({ code: "not-empty" });
  });

  test("refuses a record with a changed entry, and copies nothing of it", async () => {
    const folder = await filled();
    tamper(
      folder,
      "DROP TRIGGER entries_are_not_changed; UPDATE entries SET fact = replace(fact, 'token-3', 'token-4') WHERE seq = 4",
    );

    expect(await moveRecordTo(await requestFor(folder), TOOLS)).toMatchObject({ kind: "broken" });

    const { store, audit } = places.keep(await POSTGRES.open(optionsFor(await places.folder())));
    expect(store.fresh).toBe(true);
    expect(await all(audit)).toEqual([]);
    await openStore(optionsFor(folder)).store.close();
  });

  test("refuses a state directory without a record", async () => {
    const folder = await places.folder();

    await expect(moveRecordTo(await requestFor(folder), TOOLS)).rejects.toMatchObject({ code: "missing" });
  });
});
