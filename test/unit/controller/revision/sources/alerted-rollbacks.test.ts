import { expect, test } from "@jest/globals";
import { withAlertedRollbacks } from "../../../../../src/controller/revision/sources/alerted-rollbacks.ts";
import type { Settlement } from "../../../../../src/settle/settlement.ts";
import { revision } from "../../../../support/git/snapshots.ts";
import type { Key } from "../../../../../src/model/keys/key.ts";
import { closed, KEY, opened } from "../../../record/settlements.ts";

const NOW_MS = Date.parse("2026-11-25T10:00:00Z");
const UNTIL = "2026-11-25T11:00:00.000Z";
const OLD = revision(`main@sha1:${"1".repeat(40)}`);
const NEW = revision(`main@sha1:${"2".repeat(40)}`);
const PIN = { revision: OLD, from: NEW, actor: "dana", reason: "INC-4410", at: "", until: UNTIL };
const NAMED = { revision: "main@1111111", until: UNTIL, actor: "dana", reason: "INC-4410" };

/** What reaches the recorder of two alerts of differences in namespace `orders` and the end of one, and the reads of records. */
async function recorded({ pins = {}, own = [], compared = OLD, nowMs = NOW_MS }: Scene) {
  const reads: string[] = [];
  const seen: Settlement[] = [];
  const inputs = new Map([null, ...own].map((namespace) => [namespace, { revision: compared }]));
  const parts = {
    state: { enforced: { inputs } },
    ports: {
      source: { name: "main" },
      namespaceSources: own.map((namespace) => ({ namespace, source: { name: `of-${namespace}` } })),
      store: {
        source: async (name: string) => {
          reads.push(name);
          return { source: name, pin: pins[name] };
        },
        nowMs: async () => nowMs,
      },
    },
  };
  const recorder = { record: async (each: Settlement) => void seen.push(each) };
  const alerts = [opened(), opened({ key: `${KEY}-2` as Key }), closed()];
  await withAlertedRollbacks(recorder, parts as never).record({ facts: [], change: {}, alerts });
  return {
    reads,
    rollbacks: seen.flatMap((one) => one.alerts).map((event) => "rollback" in event && event.rollback),
  };
}

interface Scene {
  readonly pins?: Readonly<Record<string, typeof PIN>>;
  readonly own?: readonly string[];
  readonly compared?: typeof OLD;
  readonly nowMs?: number;
}

test.each<Scene & { because: string; source: string }>([
  { pins: { main: PIN }, source: "main", because: "the platform source is rolled back" },
  {
    pins: { "of-orders": PIN },
    own: ["orders"],
    source: "of-orders",
    because: "its own source is rolled back",
  },
  {
    pins: { main: PIN },
    own: ["search"],
    source: "main",
    because: "another namespace has a source of its own",
  },
])(
  "each alert of a difference names the rollback, with one read of the record, if $because",
  async (scene) => {
    const { source } = scene;

    const { reads, rollbacks } = await recorded(scene);

    expect(reads).toEqual([source]);
    expect(rollbacks).toEqual([{ source, ...NAMED }, { source, ...NAMED }, false]);
  },
);

test.each<Scene & { because: string }>([
  { because: "there is none" },
  { pins: { main: PIN }, nowMs: Date.parse(UNTIL), because: "its time is over" },
  { pins: { main: PIN }, compared: NEW, because: "this process still compares the revision from before it" },
  {
    pins: { main: PIN },
    own: ["orders"],
    because: "it is of the platform source, and the namespace has its own",
  },
  { pins: { "of-search": PIN }, own: ["search"], because: "it is of another namespace" },
])("no alert names a rollback if $because", async (scene) => {
  expect((await recorded(scene)).rollbacks).toEqual([false, false, false]);
});
