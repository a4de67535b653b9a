import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseAnchors } from "../../src/audit/anchor.ts";
import { parsePublicKeys, type VerificationKey } from "../../src/audit/checkpoint.ts";
import { verifyExport } from "../../src/audit/verification/verify.ts";
import { AUDIT_PUBLIC_KEY_FILE } from "../../src/store/audit-key.ts";
import { refusal } from "../support/record/audit-facts.ts";
import { ENGINES, optionsFor, testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";
import { all } from "./audit-entries.ts";

const places = new Places();

async function publicKeys(stateDir: string): Promise<readonly VerificationKey[]> {
  const read = parsePublicKeys(await readFile(join(stateDir, AUDIT_PUBLIC_KEY_FILE), "utf8"));
  if (read.kind === "err") throw new Error(read.error);
  return read.value;
}

describe.each(ENGINES)("the audit in $name", (engine) => {
  describe("a checkpoint", () => {
    test("signs the head once, and its copies outside verify", async () => {
      const stateDir = await places.folder();
      const file = join(stateDir, "outside.jsonl");
      const telemetry = testTelemetry();
      const { audit } = places.keep(
        await engine.open(optionsFor(stateDir, { telemetry, anchors: { file, log: true } })),
      );
      await audit.checkpoint();
      await audit.append([refusal(1), refusal(2)]);

      await audit.checkpoint();
      await audit.checkpoint();

      const [, second, checkpoint, ...more] = await all(audit);
      expect(checkpoint).toMatchObject({ kind: "checkpoint", seq: 3, upTo: 2, head: second?.hash });
      expect(more).toEqual([]);
      const anchors = parseAnchors(await readFile(file, "utf8"));
      expect(anchors).toMatchObject([{ upTo: 2, head: second?.hash, at: checkpoint?.at }]);
      expect(telemetry.lines).toEqual([{ level: "info", text: "audit checkpoint", fields: anchors[0] }]);
      const lines = await engine.readLines(stateDir);
      const report = await verifyExport({
        lines,
        publicKeys: await publicKeys(stateDir),
        anchors,
        extent: "whole",
      });
      expect(report).toMatchObject({ verdict: "intact", entries: 3, anchors: { matched: 1 } });
    });

    test("comes by itself after 1,000 entries", async () => {
      const stateDir = await places.folder();
      const file = join(stateDir, "outside.jsonl");
      const opened = places.keep(await engine.open(optionsFor(stateDir, { anchors: { file, log: false } })));
      const thousand = Array.from({ length: 999 }, (_, index) => refusal(index));

      await opened.audit.append(thousand);
      const [last] = await opened.audit.append([refusal(1_000)]);
      const [next] = await opened.audit.append([refusal(1_001)]);
      await places.close(opened);

      expect([last?.seq, next?.seq]).toEqual([1_000, 1_002]);
      expect(parseAnchors(await readFile(file, "utf8"))).toMatchObject([{ upTo: 1_000, head: last?.hash }]);
    });

    test("that can't be copied to one anchor is reported, goes to the other, and is copied again with the next one", async () => {
      const stateDir = await places.folder();
      const folder = await places.folder();
      const file = join(folder, "gone", "outside.jsonl");
      const telemetry = testTelemetry();
      const before = places.keep(
        await engine.open(optionsFor(stateDir, { telemetry, anchors: { file, log: true } })),
      );
      for (const number of [1, 2]) {
        await before.audit.append([refusal(number)]);
        await before.audit.checkpoint();
      }
      const lines = [...telemetry.lines];
      expect(telemetry.gauges.slice(-2)).toEqual([
        { name: "audit_unanchored_checkpoints", value: 2 },
        { name: "audit_unanchored_checkpoints", value: 0 },
      ]);
      await places.close(before);
      expect(lines).toMatchObject([
        { level: "error", fields: { copy: "file" } },
        { level: "info", fields: { upTo: 1 } },
        { level: "error", fields: { copy: "file" } },
        { level: "info", fields: { upTo: 3 } },
      ]);

      const fixed = join(folder, "outside.jsonl");
      const { audit } = places.keep(
        await engine.open(optionsFor(stateDir, { anchors: { file: fixed, log: false } })),
      );
      await audit.append([refusal(2)]);
      await audit.checkpoint();

      expect(parseAnchors(await readFile(fixed, "utf8"))).toMatchObject([
        { upTo: 1 },
        { upTo: 3 },
        { upTo: 5 },
      ]);
    });

    test("is on a separate line after half a line", async () => {
      const stateDir = await places.folder();
      const file = join(stateDir, "outside.jsonl");
      await writeFile(file, '{"upTo":1,"he');
      const { audit } = places.keep(
        await engine.open(optionsFor(stateDir, { anchors: { file, log: false } })),
      );
      await audit.append([refusal(1)]);
      await audit.checkpoint();

      expect((await readFile(file, "utf8")).split("\n")).toHaveLength(3);
      expect(parseAnchors(await readFile(file, "utf8"))).toHaveLength(1);
    });

    test("of a new key verifies, like those of the lost key", async () => {
      const stateDir = await places.folder();
      const before = places.keep(await engine.open(optionsFor(stateDir)));
      await before.audit.append([refusal(1)]);
      await before.audit.checkpoint();
      await places.close(before);
      await rm(join(stateDir, "audit-key.pem"));
      const telemetry = testTelemetry();

      const { audit } = places.keep(await engine.open(optionsFor(stateDir, { telemetry })));
      await audit.append([refusal(2)]);
      await audit.checkpoint();

      const keys = await publicKeys(stateDir);
      expect(telemetry.lines).toMatchObject([{ level: "warn", fields: { keyId: keys[1]?.keyId } }]);
      const lines = await engine.readLines(stateDir);
      const report = await verifyExport({ lines, publicKeys: keys, anchors: [], extent: "whole" });
      expect(report).toMatchObject({ verdict: "intact", checkpoints: { count: 2 } });
    });
  });
});
