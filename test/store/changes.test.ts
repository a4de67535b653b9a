import { describe, expect, test } from "@jest/globals";
import { changed } from "../unit/settle/attribution/changes.ts";
import { ENGINES, optionsFor } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();
const DAY_MS = 86_400_000;

describe.each(ENGINES)("the change events in $name", (engine) => {
  test("of a flood with times in the future displace no later event, and do not stay", async () => {
    const { store } = places.keep(await engine.open(optionsFor(await places.folder())));
    const forged = Array.from({ length: 2_100 }, (_, at) => {
      const event = { id: `forged${at}`, atMs: Date.parse("2099-01-01T00:00:00Z") };
      return {
        ...changed(at / 1_000, { kind: "other" }, event),
        receivedMs: changed(0, { kind: "other" }).receivedMs,
      };
    });
    const real = changed(60, { kind: "deleted" });
    const { accountId } = real.event;
    await store.commit({ changes: forged });
    await store.commit({ changes: [real] });

    const all = await store.changes(accountId, 0);
    expect(all).toHaveLength(2_000);
    expect(all.at(-1)).toEqual(real);

    const later = changed(8 * (DAY_MS / 1_000), { kind: "deleted" });
    await store.commit({ changes: [later] });
    expect(await store.changes(accountId, 0)).toEqual([later]);
  });
});
