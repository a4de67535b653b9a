import { expect, test } from "@jest/globals";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import { START_MS } from "../../store/engines.ts";
import { alertedStore, OPS } from "./alerted-store.ts";
import { EVENTS } from "./settlements.ts";
import { Places } from "../../store/places.ts";

const places = new Places();

const FAILED = EVENTS["backup-failed"];
const RECOVERED = EVENTS["backup-recovered"];
const OTHER_FOLDER = { ...FAILED, details: ["cannot write the backup /backups/2: the disk is full"] };
const BROKEN = {
  ...FAILED,
  cause: "broken at entry 7",
  details: ["the record is broken at entry 7"],
  isRecordBroken: true,
} as const;
const MADE = "✅ backups of the record: a complete and verified backup was made";

const at = (agoMs: number): string => new Date(START_MS - agoMs).toISOString();

/** What the route gets, each event from another process. */
async function sent(...events: readonly AlertEvent[]) {
  const { start, take, texts, messages } = await alertedStore(places);
  for (const event of events) {
    const running = start(OPS);
    await running.record(event);
    await running.drain();
  }
  return { gets: take(), texts, messages };
}

test("another folder, a restart and a second good backup are no news", async () => {
  const { gets } = await sent(FAILED, OTHER_FOLDER, RECOVERED, RECOVERED);

  expect(gets).toEqual(["ops open other", "ops closed other"]);
});

test("a broken record is a matter of security, and reported while another problem is open, also after a restart", async () => {
  const { gets, texts } = await sent(FAILED, BROKEN, BROKEN, FAILED, RECOVERED);

  expect(gets).toEqual(["ops open other", "ops open security", "ops open other", "ops closed security"]);
  expect(texts[1]).toContain("the record is broken at entry 7");
});

test("an incident has the time at which backups began to fail, and that of the last verified one", async () => {
  const { messages } = await sent({ ...FAILED, since: at(99_000_000), lastBackup: at(99_900_000) }, BROKEN);

  expect(messages.map(({ since }) => since)).toEqual([at(99_000_000), at(99_000_000)]);
  expect(messages[0]?.lastBackup).toBe(at(99_900_000));
});

test.each([
  { before: at(9_000), after: at(-9_000), isMade: true, because: "there is a newer one" },
  { before: at(-9_000), after: at(0), isMade: true, because: "it replaces one of the future" },
  { before: null, after: at(0), isMade: true, because: "none was known before" },
  { before: at(9_000), after: at(9_000), isMade: false, because: "the same may be older now" },
  { before: at(-9_000), after: at(-9_000), isMade: false, because: "the clock was corrected" },
  { before: null, after: at(9_000), isMade: false, because: "the results can be read again" },
])("the end shows whether a backup was made: $because", async ({ before, after, isMade }) => {
  const { texts } = await sent(
    { ...FAILED, since: null, lastBackup: before },
    { ...RECOVERED, lastBackup: after },
  );

  const known = `✅ backups of the record: the last backup is known again, of ${after}`;
  expect(texts.at(-1)).toBe(isMade ? MADE : known);
});
