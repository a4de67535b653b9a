import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { concerns, heldSubjects } from "../../../../src/audit/concerns.ts";
import type { AuditEntry } from "../../../../src/audit/entry.ts";
import { EntryFiles } from "../../../../src/cli/site/entry-files.ts";
import { keyParts } from "../../../../src/model/keys/key.ts";
import { DIGEST, intent, KEY, OTHER_KEY } from "../../../support/record/audit-facts.ts";

const { accountId, namespace } = keyParts(KEY);

/** One of each form that an entry names keys in. */
const FACTS: readonly object[] = [
  intent({ key: KEY }),
  intent({ key: OTHER_KEY }),
  { kind: "wave-changed", keys: [KEY, OTHER_KEY] },
  { kind: "approved", subject: DIGEST, covers: [{ key: KEY }] },
  { kind: "rejected", subject: DIGEST },
  { kind: "plan-held", subject: DIGEST, key: KEY },
  { kind: "adoption-undo-ordered", covers: [{ key: OTHER_KEY }] },
  { kind: "suspended", scope: "everything" },
  { kind: "suspended", scope: `account ${accountId}` },
  { kind: "resumed", scope: `namespace ${namespace}` },
  { kind: "resumed", scope: KEY },
  { kind: "suspended", scope: "no scope" },
  { kind: "started" },
];

test("the files of a key are exactly those with an entry about it, as its history in the controller has them", () => {
  const entries = fc.array(fc.record({ fact: fc.constantFrom(...FACTS), file: fc.nat({ max: 6 }) }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(entries, (given) => {
      const found = new EntryFiles();
      // Newest first. Only an older held plan shows which keys a decision of 0.1 covers.
      const all = given
        .toSorted((a, b) => a.file - b.file)
        .map(({ fact, file }) => ({ entry: fact as AuditEntry, file: `history-${file}` }));
      for (const { entry, file } of all) found.add(entry, file);

      for (const key of [KEY, OTHER_KEY]) {
        const wanted = all.flatMap(({ entry, file }, at) => {
          const older = all.slice(at).map((one) => one.entry);
          return concerns(entry, key, heldSubjects(older, key)) ? [file] : [];
        });
        expect(found.of(key)).toEqual({ files: [...new Set(wanted)], isCut: false });
      }
    }),
  );
});

describe("a key with entries in many files", () => {
  test("has the newest of them, and states that there are older ones", () => {
    const found = new EntryFiles();
    const names = Array.from({ length: 201 }, (_, at) => `history-${String(at).padStart(6, "0")}`);
    for (const name of names) found.add(intent({ key: KEY }) as AuditEntry, name);
    for (const name of names.slice(1)) found.add(intent({ key: OTHER_KEY }) as AuditEntry, name);

    expect(found.of(KEY)).toEqual({ files: names.slice(0, 200), isCut: true });
    expect(found.of(OTHER_KEY)).toEqual({ files: names.slice(1), isCut: false });
  });
});
