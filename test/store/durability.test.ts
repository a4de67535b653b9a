import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { verifyExport } from "../../src/audit/verification/verify.ts";
import { acquireLock } from "../../src/store/sqlite/lock.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { ENGINES, optionsFor } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();
const APPENDER = fileURLToPath(new URL("./appender.ts", import.meta.url));

/** The entries that a process in `stateDir` printed as durable before it was killed after `entries` of them. */
async function appendUntilKilled(
  engine: string,
  stateDir: string,
  entries: number,
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [APPENDER, engine, stateDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    output += text;
    if (output.split("\n").length > entries) child.kill("SIGKILL");
  });
  await once(child, "close");
  expect(child.signalCode).toBe("SIGKILL");
  return output.split("\n").slice(0, -1);
}

async function verdict(lines: readonly string[]): Promise<string> {
  const report = await verifyExport({ lines, publicKeys: [], anchors: [], extent: "whole" });
  return report.broken === null ? "intact" : report.broken.reason;
}

describe.each(ENGINES)("$name", (engine) => {
  test.each([1, 60, 200])(
    "keeps every entry that it confirmed when the process is killed after %i of them, and frees the lock",
    async (entries) => {
      const stateDir = await places.folder();

      await engine.prepare(stateDir);
      const confirmed = await appendUntilKilled(engine.name, stateDir, entries);

      acquireLock(stateDir).release();
      const { outboxStore, audit } = places.keep(await engine.open(optionsFor(stateDir)));
      const lines = await engine.readLines(stateDir);
      const kept = lines.map((line) => JSON.parse(line) as { readonly seq: number; readonly hash: string });
      expect(kept.map(({ seq, hash }) => `${seq} ${hash}`)).toEqual(expect.arrayContaining([...confirmed]));
      expect(await verdict(lines)).toBe("intact");
      const messages = await outboxStore.waiting("ops", 10_000);
      expect(messages.map(({ body }) => Number(body))).toEqual(messages.map((_, index) => index + 1));
      expect(await audit.append([refusal(1)])).toMatchObject([{ seq: lines.length + 1 }]);
      expect(await verdict(await engine.readLines(stateDir))).toBe("intact");
    },
  );

  const { openWithSpace } = engine;
  if (openWithSpace === null) return;

  describe("without disk space", () => {
    test("rejects entries that do not fit, keeps nothing of them, and continues with entries that fit", async () => {
      const stateDir = await places.folder();
      const { audit, store, outboxStore } = places.keep(await openWithSpace(optionsFor(stateDir), 60_000));
      await audit.append([refusal(1)]);

      const large = { ...refusal(2), reason: "x".repeat(100_000) };
      await expect(audit.append([refusal(2), large])).rejects.toMatchObject({
        name: "StoreError",
        code: "full",
      });
      await expect(
        store.commit({ outbox: [{ route: "ops", body: "x".repeat(100_000), dueMs: 0 }] }),
      ).rejects.toMatchObject({
        code: "full",
      });
      const next = await audit.append([refusal(3)]);

      expect(next).toMatchObject([{ seq: 2, actor: "token-3" }]);
      expect(await outboxStore.waiting("ops", 1)).toEqual([]);
      const lines = await engine.readLines(stateDir);
      expect(lines).toHaveLength(2);
      expect(await verdict(lines)).toBe("intact");
    });

    test("rejects even the smallest entry in the end, and the chain is intact up to there", async () => {
      const stateDir = await places.folder();
      const { audit } = places.keep(await openWithSpace(optionsFor(stateDir), 40_000));
      let appended = 0;

      const filling = (async () => {
        for (;;) {
          await audit.append([refusal(appended)]);
          appended += 1;
        }
      })();

      await expect(filling).rejects.toMatchObject({ code: "full" });
      const lines = await engine.readLines(stateDir);
      expect(lines).toHaveLength(appended);
      expect(await verdict(lines)).toBe("intact");
    });
  });
});
