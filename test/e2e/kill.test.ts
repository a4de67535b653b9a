import { join } from "node:path";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import PQueue from "p-queue";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { KillCase, prepare, type Prepared } from "../support/installation/kill-case.ts";
import { settingsIn } from "../support/installation/world-settings.ts";

const BEGUN = estate(functions(["begun"], READ_ORDERS));
const PUSHED = {
  ...BEGUN,
  ...functions(["a", "b", "c"], READ_ORDERS),
  ...functions(["d"], WRITE_ORDERS + CALLED_BY_TOPIC),
};
const WRITES = 9;

describe("a controller that is killed with SIGKILL before and after each of its writes", () => {
  let root: string;
  let prepared: Prepared;
  let expected: unknown;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "kill-"));
    prepared = await prepare(BEGUN, PUSHED);
    const undisturbed = await KillCase.open(prepared, join(root, "undisturbed"), "program");
    await undisturbed.converge();
    expected = settingsIn(undisturbed.simulator.world);
    await undisturbed.close();
  });
  afterAll(async () => {
    await prepared.close();
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
  });

  /** Before its n-th write, then, started again, after the next one; then it is left alone. @returns how often it was killed */
  async function dieAt(write: number): Promise<number> {
    // One test runs the complete program; the controller alone starts faster.
    const victim = write === 1 ? "program" : "controller";
    const killed = await KillCase.open(prepared, join(root, `write-${write}`), victim);
    try {
      const before = await killed.killAt({ at: write, when: "before", counts: "writes" });
      const after = before && (await killed.killAt({ at: 1, when: "after", counts: "writes" }));
      await killed.converge();
      expect(settingsIn(killed.simulator.world)).toEqual(expected);
      expect(await killed.problems()).toEqual([]);
      return Number(before) + Number(after);
    } finally {
      await killed.close();
    }
  }

  test("converges anyway, does nothing twice, and records every write", async () => {
    const queue = new PQueue({ concurrency: 2 });
    const writes = Array.from({ length: WRITES }, (_, index) => index + 1);

    const deaths = await Promise.all(writes.map((write) => queue.add(() => dieAt(write))));

    // The last write has none after it to be killed at.
    expect(deaths.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(2 * WRITES - 4);
  }, 120_000);
});
