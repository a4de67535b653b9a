import { describe, expect, test } from "@jest/globals";
import { SILENT } from "../../src/compose/ports.ts";
import { inOneThread, inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { verifyLinks } from "../../src/audit/verification/verify.ts";
import type { AccountId } from "../../src/model/aws/ids.ts";
import type { RecordVerification } from "../../src/model/records/record-verification.ts";
import { publishedKeys } from "../../src/store/audit-key.ts";
import { openPostgresAuditReader, openPostgresRecordReader } from "../../src/store/postgres/readers.ts";
import { watchRecord } from "../../src/store/verification/watch-record.ts";
import { collect } from "../support/collect.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { all } from "./audit-entries.ts";
import { optionsFor, testClock } from "./engines.ts";
import { Places } from "./places.ts";
import { databaseOf, POSTGRES, serverOf } from "./postgres-engine.ts";
import { runIn } from "./sharing.ts";

const places = new Places();

async function optionsOf(folder: string) {
  return { server: serverOf(await databaseOf(folder)), telemetry: SILENT };
}

(HAS_POSTGRES ? describe : describe.skip)("a command that reads the record in PostgreSQL", () => {
  test("verifies every entry, its signatures, and the run of more entries than one block", async () => {
    const folder = await places.folder();
    const { audit } = places.keep(await POSTGRES.open(optionsFor(folder)));
    await audit.append(Array.from({ length: 1_200 }, (_, at) => refusal(at)));
    await audit.checkpoint();

    const reader = await openPostgresAuditReader(await optionsOf(folder));
    const evidence = { publicKeys: publishedKeys(folder), anchors: [], extent: "whole" } as const;
    const report = await verifyLinks({ links: reader.links(inThreads), ...evidence });
    const entries = await collect(reader.entries({ fromSeq: 1_199 }));
    const first = await reader.firstSeq();
    reader.close();

    expect(report).toMatchObject({ verdict: "intact", entries: 1_201 });
    expect(entries).toEqual((await all(audit)).slice(1_198));
    expect(first).toBe(1);
  });

  test("finds an entry that was changed in the database, as the verification of a running controller does", async () => {
    const folder = await places.folder();
    const { audit } = places.keep(await POSTGRES.open(optionsFor(folder)));
    await audit.append([refusal(1), refusal(2), refusal(3)]);
    await runIn(folder, "ALTER TABLE entries DISABLE TRIGGER entries_are_not_changed");
    await runIn(folder, "UPDATE entries SET at_ms = at_ms + 1 WHERE seq = 2");
    const options = await optionsOf(folder);
    const ending = new AbortController();
    const seen: RecordVerification[] = [];

    await watchRecord(
      {
        open: async () => {
          const reader = await openPostgresAuditReader(options);
          return { ...reader, links: () => reader.links(inOneThread), confirmed: async () => null };
        },
        evidence: async () => ({ publicKeys: [], anchors: [], extent: "whole" }),
        clock: testClock(),
        telemetry: SILENT,
        report: (verification) => {
          seen.push(verification);
          ending.abort();
        },
      },
      ending.signal,
    );

    expect(seen).toMatchObject([{ kind: "broken", entry: 2 }]);
  });

  test("reads keys and accounts next to the controller", async () => {
    const folder = await places.folder();
    places.keep(await POSTGRES.open(optionsFor(folder)));

    const reader = await openPostgresRecordReader(await optionsOf(folder));

    expect(await reader?.accounts()).toEqual([]);
    expect(await reader?.keys("111122223333" as AccountId)).toEqual([]);
    expect(await reader?.source("main")).toBeNull();
    expect(await reader?.writesSince("111122223333" as AccountId, 0)).toEqual([]);
    reader?.close();
  });

  test("reports a database without a record, and neither creates nor changes anything there", async () => {
    const folder = await places.folder();
    const options = await optionsOf(folder);

    expect(await openPostgresRecordReader(options)).toBeNull();
    await expect(openPostgresAuditReader(options)).rejects.toMatchObject({ code: "missing" });
  });
});
