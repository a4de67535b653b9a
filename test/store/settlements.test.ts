import { describe, expect, test } from "@jest/globals";
import { refusal } from "../support/record/audit-facts.ts";
import { all } from "./audit-entries.ts";
import { ENGINES, optionsFor, testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();

describe.each(ENGINES)("a settlement in $name", (engine) => {
  test("facts and change are recorded together, and the change is made for the number of the first entry", async () => {
    const telemetry = testTelemetry();
    const options = optionsFor(await places.folder(), { telemetry });
    const { audit, outboxStore, settlements } = places.keep(await engine.open(options));
    await audit.append([refusal(1)]);

    await settlements.record([refusal(2), refusal(3)], (firstSeq) => ({
      outbox: [{ route: "ops", body: `entry ${firstSeq}`, dueMs: 0 }],
    }));

    expect(await all(audit)).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
    expect(await outboxStore.waiting("ops", 10)).toMatchObject([{ body: "entry 2" }]);
    expect(telemetry.counts.get("audit_entries_total{request-refused}")).toBe(3);
  });

  test("entries that were appended before in the same turn come first", async () => {
    const { audit, settlements } = places.keep(await engine.open(optionsFor(await places.folder())));

    const before = audit.append([refusal(1)]);
    await settlements.record([refusal(2)], () => ({}));

    expect(await before).toMatchObject([{ seq: 1 }]);
    expect(await all(audit)).toMatchObject([{ actor: "token-1" }, { actor: "token-2" }]);
  });

  test("without facts, the number is that of the next entry", async () => {
    const { audit, settlements } = places.keep(await engine.open(optionsFor(await places.folder())));
    await audit.append([refusal(1)]);
    const asked: number[] = [];

    await settlements.record([], (firstSeq) => {
      asked.push(firstSeq);
      return {};
    });

    expect(asked.at(-1)).toBe(2);
    expect(await all(audit)).toHaveLength(1);
  });

  test("if the change cannot be made, no fact is recorded either, and the next settlement is", async () => {
    const { audit, store, settlements } = places.keep(await engine.open(optionsFor(await places.folder())));

    const failed = settlements.record([refusal(1)], () => {
      throw new Error("no change");
    });

    await expect(failed).rejects.toThrow("no change");
    expect(await all(audit)).toEqual([]);
    await settlements.record([refusal(2)], () => ({ endedSuspensions: ["s1"] }));
    expect(await all(audit)).toMatchObject([{ seq: 1, actor: "token-2" }]);
    expect(await store.resourceVersion()).toBe(0);
  });

  test("a settlement after 1,000 entries signs them in its transaction", async () => {
    const { audit, settlements } = places.keep(await engine.open(optionsFor(await places.folder())));
    await audit.append(Array.from({ length: 999 }, (_, at) => refusal(at)));

    await settlements.record([refusal(999)], () => ({}));

    expect(await all(audit, { fromSeq: 1_000 })).toMatchObject([
      { seq: 1_000, kind: "request-refused" },
      { seq: 1_001, kind: "checkpoint", upTo: 1_000 },
    ]);
  });

  test("after the audit was closed, a settlement is refused", async () => {
    const { store, settlements } = await engine.open(optionsFor(await places.folder()));
    await store.close();

    await expect(settlements.record([refusal(1)], () => ({}))).rejects.toMatchObject({ code: "closed" });
  });

  const { openWithSpace } = engine;
  if (openWithSpace === null) return;

  test("a settlement that does not fit on the disk leaves nothing", async () => {
    const stateDir = await places.folder();
    const { audit, outboxStore, settlements } = places.keep(
      await openWithSpace(optionsFor(stateDir), 60_000),
    );

    const failed = settlements.record([refusal(1)], () => ({
      outbox: [{ route: "ops", body: "x".repeat(100_000), dueMs: 0 }],
    }));

    await expect(failed).rejects.toMatchObject({ name: "StoreError", code: "full" });
    expect(await all(audit)).toEqual([]);
    expect(await outboxStore.waiting("ops", 1)).toEqual([]);
    expect(await audit.append([refusal(2)])).toMatchObject([{ seq: 1 }]);
  });
});
