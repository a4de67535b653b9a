import { describe, expect, test } from "@jest/globals";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { CommitState } from "../../../src/model/records/commit-status.ts";
import { EVENTS, opened } from "./settlements.ts";
import { HOUR_MS, alertedStore, OPS } from "./alerted-store.ts";
import { Places } from "../../store/places.ts";

const places = new Places();

type CommitStatusEvent = Extract<AlertEvent, { readonly kind: "commit-status" }>;

describe("the states of a commit", () => {
  const FORGE = { name: "commit-status:main", kinds: "forge" } as const;
  const status = (state: CommitState, change: Partial<CommitStatusEvent> = {}): AlertEvent => ({
    ...EVENTS["commit-status"],
    state,
    isNew: false,
    ...change,
  });
  const accepted = status("pending", { isNew: true });

  test("are sent to the forge of their source only, and no alert is", async () => {
    const { start, take } = await alertedStore(places);
    const other = { name: "commit-status:other", kinds: "forge" } as const;
    const running = start(OPS, FORGE, other);

    await running.record(accepted, opened());
    await running.drain();

    expect(take()).toEqual(["ops open security", "commit-status:main open other"]);
  });

  test("are not repeated, and none follows the last one, also after a restart", async () => {
    const { start, take } = await alertedStore(places);
    const running = start(FORGE);
    await running.record(accepted);
    await running.record(status("pending"));
    await running.record(status("failure"));
    await running.record(status("success"));
    await running.record(status("pending"), status("superseded"));
    await running.drain();
    expect(take()).toEqual([
      "commit-status:main open other",
      "commit-status:main open other",
      "commit-status:main closed other",
    ]);

    const restarted = start(FORGE);
    await restarted.record(status("pending"), status("success"));
    await restarted.drain();

    expect(take()).toEqual([]);
  });

  test("begin again when the commit is accepted again", async () => {
    const { start, take } = await alertedStore(places);
    const running = start(FORGE);
    await running.record(accepted);
    await running.record(status("success"));

    await running.record(accepted);
    await running.drain();

    expect(take()).toHaveLength(3);
  });

  test("stay failed when a newer commit takes the place of one that failed", async () => {
    const { start, take, texts } = await alertedStore(places);
    const running = start(FORGE);
    await running.record(status("failure", { isNew: true, text: "held" }));

    await running.record(status("superseded", { text: "superseded" }));
    await running.record(status("success"));
    await running.drain();

    expect([take(), texts]).toEqual([["commit-status:main open other"], ["held"]]);
  });

  test("are reported to no route of alerts as open, however long they last", async () => {
    const { start, take, later } = await alertedStore(places);
    const running = start({ ...OPS, remindAfterMs: HOUR_MS }, FORGE);
    await running.record(accepted);
    later(2 * HOUR_MS);

    await running.drain();

    expect(take()).toEqual(["commit-status:main open other"]);
  });
});
