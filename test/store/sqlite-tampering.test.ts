import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { AUDIT_KEY_FILE, AUDIT_PUBLIC_KEY_FILE } from "../../src/store/audit-key.ts";
import { openStore } from "../../src/store/sqlite/open.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { optionsFor, testTelemetry } from "./engines.ts";
import { closedWith, signed, tamperChain, verified } from "./sqlite-file.ts";
import { Places } from "./places.ts";

const places = new Places();

describe.each([
  { table: "recent_entries", entries: "no checkpoint has moved yet", checkpoint: false },
  { table: "entries", entries: "a checkpoint moved", checkpoint: true },
])("a change of entries that $entries breaks the chain", ({ table, checkpoint }) => {
  test.each([
    { sql: "UPDATE $TABLE SET fact = replace(fact, 'p1', 'p2') WHERE seq = 2", seq: 2, because: "a fact" },
    { sql: "UPDATE $TABLE SET fact = '{' WHERE seq = 2", seq: 2, because: "a fact that is not JSON" },
    { sql: "UPDATE $TABLE SET at_ms = at_ms + 1 WHERE seq = 2", seq: 2, because: "a time" },
    { sql: "UPDATE $TABLE SET at_ms = 9e18 WHERE seq = 2", seq: 2, because: "an invalid time" },
    { sql: "UPDATE $TABLE SET documents = NULL WHERE seq = 2", seq: 2, because: "a reference" },
    {
      sql: "UPDATE $TABLE SET key = NULL WHERE seq = 2",
      seq: 2,
      because: "the key of the entry, which the history of a function uses",
    },
    {
      sql: "UPDATE $TABLE SET key = 'function/111122223333/eu-west-1/a/b' WHERE seq = 2",
      seq: 2,
      because: "the key of another function",
    },
    {
      sql: `UPDATE $TABLE SET fact = '{"x":' || replace(hex(zeroblob(99999)), '00', '[') || replace(hex(zeroblob(99999)), '00', ']') || '}' WHERE seq = 2`,
      seq: 2,
      because: "a fact that is nested deeper than any entry",
    },
    {
      sql: "UPDATE documents SET text = 'y' || text WHERE length(text) = 200",
      seq: 2,
      because: "a document",
    },
    { sql: "DELETE FROM documents WHERE length(text) = 200", seq: 2, because: "a deleted document" },
    { sql: "DELETE FROM $TABLE WHERE seq = 2", seq: 2, because: "a deleted entry" },
    { sql: "DELETE FROM $TABLE WHERE seq = 1", seq: 1, because: "the first entry" },
  ])("$because", async ({ sql, seq }) => {
    const stateDir = await closedWith(places, 1, 200, 300);
    if (checkpoint) await signed(places, stateDir);
    tamperChain(stateDir, sql.replace("$TABLE", table));

    expect(await verified(stateDir)).toMatchObject({ verdict: "broken", broken: { seq }, entries: seq - 1 });
    // The start checks what no checkpoint covers.
    if (checkpoint) return;
    expect(() => openStore(optionsFor(stateDir))).toThrow(
      expect.objectContaining({
        code: "broken-record",
        message: expect.stringMatching(/^the audit record is broken at entry \d+: /),
      }),
    );
  });
});

describe("a record that is large enough for several threads", () => {
  async function large(): Promise<string> {
    const stateDir = await places.folder();
    const opened = places.keep(openStore(optionsFor(stateDir)));
    const facts = Array.from({ length: 1_000 }, (_, at) => refusal(at));
    for (let batch = 0; batch < 10; batch += 1) await opened.audit.append(facts);
    await places.close(opened);
    return stateDir;
  }

  test("is read completely and in order", async () => {
    expect(await verified(await large())).toMatchObject({ verdict: "intact", entries: 10_010, last: 10_010 });
  });

  test.each([
    {
      sql: "UPDATE entries SET fact = replace(fact, 'r', 's') WHERE seq = 7000",
      seq: 7_000,
      because: "one entry changed",
    },
    {
      sql: "DELETE FROM entries WHERE seq BETWEEN 3000 AND 8000",
      seq: 3_000,
      because: "several runs of entries are missing",
    },
    {
      sql: "UPDATE entries SET seq = 9000000000000000 WHERE seq = 10010",
      seq: 10_010,
      because: "the last entry has a much higher number",
    },
  ])("is broken if $because", async ({ sql, seq }) => {
    const stateDir = await large();
    tamperChain(stateDir, sql);

    expect(await verified(stateDir)).toMatchObject({ verdict: "broken", broken: { seq } });
  });
});

describe("at the start", () => {
  async function signedThenOpen(): Promise<string> {
    const stateDir = await places.folder();
    const opened = places.keep(openStore(optionsFor(stateDir)));
    await opened.audit.append([refusal(1), refusal(2)]);
    await opened.audit.checkpoint();
    await opened.audit.append([refusal(3), refusal(4)]);
    await places.close(opened);
    return stateDir;
  }

  test("an intact record is accepted, and a gauge shows it", async () => {
    const stateDir = await signedThenOpen();
    const telemetry = testTelemetry();

    places.keep(openStore(optionsFor(stateDir, { telemetry })));

    expect(telemetry.gauges).toContainEqual({ name: "audit_record_intact", value: 1 });
  });

  test.each([
    {
      sql: "UPDATE recent_entries SET fact = replace(fact, '4', '5') WHERE seq = 5",
      because: "the last entry changed",
    },
    { sql: "DELETE FROM recent_entries WHERE seq = 4", because: "an entry is missing" },
    { sql: "DELETE FROM entries WHERE seq = 2", because: "the entry that the checkpoint signs is missing" },
    {
      sql: "UPDATE entries SET fact = json_set(fact, '$.signature', 'AAAA') WHERE seq = 3",
      because: "the signature changed",
    },
  ])("a broken record is refused: $because", async ({ sql }) => {
    const stateDir = await signedThenOpen();
    const telemetry = testTelemetry();
    tamperChain(stateDir, sql);

    expect(() => openStore(optionsFor(stateDir, { telemetry }))).toThrow(
      expect.objectContaining({ code: "broken-record", fix: expect.stringContaining("audit verify") }),
    );
    expect(telemetry.gauges).toContainEqual({ name: "audit_record_intact", value: 0 });
  });

  test("a record that ends with a forged checkpoint of another key is refused", async () => {
    const [stateDir, other] = [await signedThenOpen(), await signedThenOpen()];
    for (const file of [AUDIT_KEY_FILE, AUDIT_PUBLIC_KEY_FILE])
      await writeFile(join(stateDir, file), await readFile(join(other, file)));

    expect(() => openStore(optionsFor(stateDir))).toThrow(expect.objectContaining({ code: "broken-record" }));
  });
});
