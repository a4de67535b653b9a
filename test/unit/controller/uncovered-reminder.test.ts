import { describe, expect, test } from "@jest/globals";
import { UncoveredReminder } from "../../../src/controller/coverage/uncovered-reminder.ts";
import type { ControllerContext } from "../../../src/controller/settings.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import { coverageCounts, type CoverageState } from "../../../src/model/answers/coverage.ts";
import { ACCOUNT_ID } from "../../support/pass/bindings.ts";
import { coverage, liveWith, lone } from "../../support/adopt/coverage.ts";

const DAY_MS = 86_400_000;

/** A controller whose coverage, clock and record a test sets. */
class Stage {
  nowMs = Date.parse("2026-10-01T12:00:00Z");
  names: readonly string[] | null = [];
  /** Uncovered functions at the ends of the days before now. */
  points: readonly (readonly [day: string, uncovered: number])[] = [];

  reminder(): UncoveredReminder {
    const context = {
      state: {
        enforced: { accounts: new Map([[ACCOUNT_ID, {}]]) },
        coverage: { of: () => this.#coverage() },
      },
      ports: {
        clock: { nowMs: () => this.nowMs },
        store: { accounts: async () => [{ accountId: ACCOUNT_ID, coverageDays: this.#days() }] },
      },
    };
    return new UncoveredReminder(context as unknown as ControllerContext);
  }

  #coverage() {
    if (this.names === null) return null;
    return coverage({ live: liveWith(this.names.map((name) => lone({ name }))) });
  }

  #days() {
    return this.points.map(([day, count]) => {
      const functions = Array.from({ length: count }, () => ({ state: "uncovered" as CoverageState }));
      return { day, counts: coverageCounts(functions) };
    });
  }
}

async function recordedAlerts(reminder: UncoveredReminder): Promise<readonly AlertEvent[]> {
  const { alerts, reported } = await reminder.found();
  reported();
  return alerts;
}

describe("the daily reminder of functions without a manifest", () => {
  test("is found again, with the names, if it could not be recorded", async () => {
    const stage = new Stage();
    stage.names = ["old"];
    const reminder = stage.reminder();
    await recordedAlerts(reminder);
    stage.names = ["old", "new"];
    stage.nowMs += DAY_MS;
    const { alerts } = await reminder.found();

    expect(alerts).toMatchObject([{ count: 1, names: ["new in eu-west-1"] }]);
    expect(await recordedAlerts(reminder)).toEqual(alerts);
    expect(await recordedAlerts(reminder)).toEqual([]);
  });

  test("names those that came since the last one, once", async () => {
    const stage = new Stage();
    stage.names = ["old"];
    const reminder = stage.reminder();
    const first = await recordedAlerts(reminder);
    stage.names = ["old", "new"];
    const sameDay = await recordedAlerts(reminder);
    stage.nowMs += DAY_MS;
    const nextDay = await recordedAlerts(reminder);
    stage.nowMs += DAY_MS;

    expect([first, sameDay, await recordedAlerts(reminder)]).toEqual([[], [], []]);
    expect(nextDay).toEqual([
      { kind: "functions-uncovered", account: "prod", count: 1, names: ["new in eu-west-1"] },
    ]);
  });

  test("counts those that came before a restart, by the record", async () => {
    const stage = new Stage();
    stage.names = ["old", "a", "b"];
    stage.points = [
      ["2026-09-30", 1],
      ["2026-10-01", 3],
      ["2026-10-02", 9],
    ];
    const reminder = stage.reminder();
    await recordedAlerts(reminder);
    stage.nowMs += DAY_MS;

    expect(await recordedAlerts(reminder)).toMatchObject([{ count: 2, names: [] }]);
  });

  test("is not lost if the process restarts at the turn of the day, and is sent once", async () => {
    const stage = new Stage();
    stage.names = null;
    stage.points = [
      ["2026-09-29", 1],
      ["2026-09-30", 3],
    ];
    const reminder = stage.reminder();
    const unread = await recordedAlerts(reminder);
    stage.names = ["old", "a", "b"];

    expect(unread).toEqual([]);
    expect(await recordedAlerts(reminder)).toMatchObject([{ count: 2, names: [] }]);
    expect(await recordedAlerts(reminder)).toEqual([]);
  });

  test("is not repeated on days after which no complete day is recorded", async () => {
    const stage = new Stage();
    stage.names = ["old", "a", "b"];
    stage.points = [
      ["2026-09-29", 1],
      ["2026-09-30", 3],
    ];
    const reminder = stage.reminder();
    await recordedAlerts(reminder);
    stage.nowMs += DAY_MS;

    expect(await recordedAlerts(reminder)).toEqual([]);
  });

  test("lists at most 20 names, and counts all", async () => {
    const stage = new Stage();
    const reminder = stage.reminder();
    await recordedAlerts(reminder);
    stage.names = Array.from({ length: 30 }, (_, index) => `f-${index}`);
    stage.nowMs += DAY_MS;

    const [alert] = await recordedAlerts(reminder);

    expect(alert).toMatchObject({ count: 30 });
    expect(alert).toHaveProperty("names.length", 20);
  });

  test("is not sent for an account that was never read, nor if functions left", async () => {
    const stage = new Stage();
    stage.names = null;
    const reminder = stage.reminder();
    await recordedAlerts(reminder);
    stage.nowMs += DAY_MS;
    const unread = await recordedAlerts(reminder);
    stage.names = [];
    stage.points = [
      ["2026-10-01", 3],
      ["2026-10-02", 1],
    ];
    stage.nowMs += DAY_MS;

    expect([unread, await recordedAlerts(reminder)]).toEqual([[], []]);
  });
});
