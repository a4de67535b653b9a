import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  changedObjects,
  distinctObjects,
  objectRecords,
} from "../../src/controller/revision/object-records.ts";
import type { ManifestObject } from "../../src/manifest/compile/objects.ts";
import type { Key } from "../../src/model/keys/key.ts";
import type { ObjectRecord } from "../../src/model/records/object-record.ts";
import { complete } from "../../src/model/values/steps.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";

/*
 * A push reads and compares only the records of what it changed. It must write what a comparison of all objects writes:
 * the API shows these records, and a missing Team in them would open the installation.
 */

const KEYS = ["k1", "k2"] as readonly string[] as readonly Key[];
/** Each is the same value as long as its file does not change. */
const DOCUMENTS = [{ spec: 1 }, { spec: 2 }, { spec: 1 }];

const object: fc.Arbitrary<ManifestObject> = fc
  .record({
    kind: fc.constantFrom("FunctionPermission" as const, "Team" as const),
    name: fc.constantFrom("a", "b", "c"),
    file: fc.constantFrom("x.yaml", "y.yaml"),
    line: fc.constantFrom(1, 9),
    document: fc.constantFrom(...DOCUMENTS),
    keys: fc.subarray([...KEYS]),
  })
  .map((drawn) => ({ ...drawn, namespace: "n", sourceText: "" }));
const objects = fc.array(object, { maxLength: 6 });
const unreadFiles = fc.subarray(["x.yaml", "y.yaml"], { maxLength: 1 });

interface ComparedObjects {
  readonly declared: readonly ManifestObject[];
  readonly records: readonly ObjectRecord[];
  readonly unread: readonly string[];
}

function compared({ declared, records, unread }: ComparedObjects) {
  const isUnread = ({ file }: ObjectRecord): boolean => unread.includes(file);
  return complete(objectRecords(declared, { records, isUnread }, "2026-11-29T00:00:00Z"));
}

test(
  "comparing what a revision changed writes what comparing everything writes",
  () => {
    fc.assert(
      fc.property(objects, objects, unreadFiles, (before, drawn, unread) => {
        // Some objects stay the same values.
        const declared = [...before.slice(0, 3), ...drawn, ...before.slice(4)];
        const { objects: records } = compared({ declared: before, records: [], unread: [] });

        const { objects: changed, ids } = changedObjects(declared, distinctObjects(before));
        const needed = records.filter((record) =>
          ids.some(({ kind, name }) => kind === record.kind && name === record.name),
        );

        expect(compared({ declared: changed, records: needed, unread })).toEqual(
          compared({ declared, records, unread }),
        );
      }),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);

test("a revision that changes one object needs one record", () => {
  const place = { file: "x.yaml", line: 1, sourceText: "", document: { spec: 1 }, keys: KEYS };
  const one: ManifestObject = { kind: "FunctionPermission", namespace: "n", name: "one", ...place };
  const other = { ...one, name: "other" };
  const changed = { ...other, document: { spec: 3 } };

  const { objects: compare, ids } = changedObjects([one, changed], [one, other]);

  expect([compare, ids.map(({ name }) => name)]).toEqual([[changed], ["other"]]);
});
