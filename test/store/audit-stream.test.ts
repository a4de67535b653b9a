import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { entryLine } from "../../src/audit/canonical.ts";
import type { AuditLog } from "../../src/controller/ports/audit-log.ts";
import { StoreError } from "../../src/store/errors.ts";
import { streamAudit, type AuditStreamParts } from "../../src/store/audit-stream.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { all } from "./audit-entries.ts";
import { opened } from "./backups.ts";
import { testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();

/** A stream of the record in a folder, whose receiver ends it when it has this many lines. */
async function streamed(
  folder: string,
  until: number,
  change: Partial<AuditStreamParts> = {},
): Promise<{ readonly lines: readonly string[]; readonly telemetry: ReturnType<typeof testTelemetry> }> {
  const { audit } = opened(places, folder);
  const ending = new AbortController();
  const telemetry = testTelemetry();
  const lines: string[] = [];
  const write = async (text: string): Promise<void> => {
    lines.push(...text.trimEnd().split("\n"));
  };
  const sleep = async (): Promise<void> => {
    if (lines.length >= until) ending.abort();
  };
  const positionFile = join(folder, "position");
  await streamAudit({ audit, positionFile, write, clock: { sleep }, telemetry, ...change }, ending.signal);
  return { lines, telemetry };
}

async function folderWith(entries: number): Promise<string> {
  const folder = await places.folder();
  const store = opened(places, folder);
  await store.audit.append(Array.from({ length: entries }, (_, number) => refusal(number)));
  await places.close(store);
  return folder;
}

describe("the record on standard output", () => {
  test("is exactly its entries, in order", async () => {
    const folder = await folderWith(250);

    const { lines } = await streamed(folder, 250);

    const { audit } = opened(places, folder);
    expect(lines).toEqual((await all(audit)).map(entryLine));
  });

  test("continues after a restart with the next entry", async () => {
    const folder = await folderWith(2);
    await streamed(folder, 2);
    const { audit } = opened(places, folder);
    await audit.append([refusal(3)]);

    const { lines } = await streamed(folder, 1);

    expect(lines.map((line) => (JSON.parse(line) as { readonly seq: number }).seq)).toEqual([3]);
  });

  test.each([
    { position: '{"seq":2,"hash":"x"}', because: "the record was replaced" },
    { position: '{"seq":9,"hash":"x"}', because: "the record ends before" },
    { position: '{"seq":2', because: "the position is torn" },
    { position: '{"seq":"2"}', because: "the position is not one" },
  ])("begins again rather than leave out an entry: $because", async ({ position }) => {
    const folder = await folderWith(2);
    await writeFile(join(folder, "position"), position);

    expect((await streamed(folder, 2)).lines).toHaveLength(2);
  });

  test("begins again if its position cannot be read, and replaces that file", async () => {
    const folder = await folderWith(2);
    await symlink("position", join(folder, "position"));

    const first = await streamed(folder, 2);
    const { audit } = opened(places, folder);
    await audit.append([refusal(3)]);
    const second = await streamed(folder, 1);

    expect([first.lines.length, second.lines.length]).toEqual([2, 1]);
    expect(first.telemetry.lines).toEqual([
      {
        level: "warn",
        text: "all audit entries are written to standard output again: their position cannot be read",
        fields: { file: join(folder, "position"), reason: "ELOOP" },
      },
    ]);
  });

  test("continues if its position cannot be written, which is logged once", async () => {
    const folder = await folderWith(250);
    const positionFile = join(folder, "missing", "position");

    const { lines, telemetry } = await streamed(folder, 250, { positionFile });

    expect(lines).toHaveLength(250);
    expect(telemetry.lines).toEqual([
      {
        level: "warn",
        text: "the position of standard output cannot be written",
        fields: { file: positionFile, reason: "ENOENT" },
      },
    ]);
  });

  test("that a receiver did not take before the end is written again", async () => {
    const folder = await folderWith(2);
    const ending = new AbortController();
    const never = Promise.withResolvers<void>();
    const write = (): Promise<void> => {
      ending.abort();
      return never.promise;
    };
    const { audit } = opened(places, folder);
    const positionFile = join(folder, "position");
    const clock = { sleep: () => never.promise };

    await streamAudit({ audit, positionFile, write, clock, telemetry: testTelemetry() }, ending.signal);

    expect((await streamed(folder, 2)).lines).toHaveLength(2);
  });

  test.each([
    { code: "EPIPE", reason: "its reader is gone" },
    { code: "ENOSPC", reason: "Error: no space" },
  ])("ends with an error in the log when it cannot be written: $code", async ({ code, reason }) => {
    const folder = await folderWith(1);
    const write = () => Promise.reject(Object.assign(new Error("no space"), { code }));

    const { telemetry } = await streamed(folder, 1, { write });

    expect(telemetry.lines).toEqual([
      {
        level: "error",
        text: "audit entries are no longer written to standard output",
        fields: { reason },
      },
    ]);
  });

  test("goes on where it was when a database answers again", async () => {
    const folder = await folderWith(2);
    const { audit } = opened(places, folder);
    let reads = 0;
    const away: Pick<AuditLog, "entries"> = {
      entries: (range) => {
        reads += 1;
        if (reads === 1) throw new StoreError("unreachable", "the database cannot be reached");
        return audit.entries(range);
      },
    };

    const { lines, telemetry } = await streamed(folder, 2, { audit: away });

    expect(lines).toEqual((await all(audit)).map(entryLine));
    expect(telemetry.lines).toEqual([]);
  });
});
