import { expect, test } from "@jest/globals";
import { join } from "node:path";
import type { Store } from "../../src/controller/ports/store.ts";
import { appliedMark } from "../../src/model/keys/applied-mark.ts";
import type { AppliedState, KeyRecord } from "../../src/model/keys/key-record.ts";
import type { RecordChange } from "../../src/model/records/record-change.ts";
import { openWriter } from "../../src/store/sqlite/connection.ts";
import { DATABASE_FILE } from "../../src/store/sqlite/open.ts";
import { byTextOf } from "../../src/text/order.ts";
import { binding as desiredBinding, role } from "../support/pass/bindings.ts";
import { KEY, OTHER_KEY, REVISION } from "../support/record/audit-facts.ts";
import { ENGINES, optionsFor } from "./engines.ts";
import { Places } from "./places.ts";
import { applied, record } from "./stored-records.ts";
import { allKeys } from "../support/record/all-keys.ts";

const places = new Places();

function binding(change: Parameters<typeof desiredBinding>[1] = {}): AppliedState {
  return { ...applied("text"), desired: { kind: "binding", binding: desiredBinding(role(), change) } };
}

const POLICY = record({ key: OTHER_KEY, applied: applied("text") });
const CHANGES: readonly RecordChange[] = [
  { keys: [record({ applied: binding() }), record({ key: OTHER_KEY })] },
  { keys: [POLICY, record({ applied: { ...binding(), platformRevision: REVISION } })] },
  { keys: [record({ applied: { ...binding(), desired: applied("text").desired } })] },
  { keys: [record({ applied: binding({ released: true }) })] },
  { keys: [record({ applied: null })], removedKeys: [OTHER_KEY] },
];

async function marks(store: Store): Promise<readonly unknown[]> {
  return (await store.appliedMarks()).toSorted(byTextOf(({ key }) => key));
}

async function marksOfRecords(store: Store): Promise<readonly unknown[]> {
  return (await allKeys(store)).flatMap((one: KeyRecord) => appliedMark(one) ?? []);
}

test.each(ENGINES)(
  "$name knows the marks of all records, after each change and after a restart",
  async (engine) => {
    const options = optionsFor(await places.folder());
    const opened = places.keep(await engine.open(options));
    const { store } = opened;

    for (const change of CHANGES) {
      await store.commit(change);
      const again = await engine.open({ ...options });
      expect([await marks(store), await marks(again.store)]).toEqual(
        Array(2).fill(await marksOfRecords(store)),
      );
      await again.store.close();
    }
  },
);

test.each(ENGINES)("$name forgets a mark that a failed commit would have changed", async (engine) => {
  const { store } = places.keep(await engine.open(optionsFor(await places.folder())));
  await store.commit({ keys: [record({ applied: binding() })] });
  await marks(store);

  const broken = { ...POLICY, status: 1n } as unknown as KeyRecord;
  await expect(store.commit({ keys: [record({ applied: null }), broken] })).rejects.toBeInstanceOf(Error);

  expect(await marks(store)).toEqual([appliedMark(record({ applied: binding() }))]);
});

test("a mark that another process changed is read again", async () => {
  const options = optionsFor(await places.folder());
  const [engine] = ENGINES;
  const { store } = places.keep(await (engine as (typeof ENGINES)[number]).open(options));
  await store.commit({ keys: [record({ applied: binding() }), POLICY] });
  await marks(store);

  const other = openWriter(join(options.stateDir, DATABASE_FILE));
  other.prepare("DELETE FROM keys WHERE key = ?").run(KEY);
  other.close();

  expect(await marks(store)).toEqual([appliedMark(POLICY)]);
});
