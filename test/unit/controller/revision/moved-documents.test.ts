import { describe, expect, test } from "@jest/globals";
import { functionText } from "../../../support/manifests.ts";
import { A, accepted, ALL, B, BROKEN, FILE_A, FILE_B, recordOf, snapshotOf } from "./accepted.ts";

const FILE_C = "teams/search/c.yaml";
const EARLIER = { ...ALL, [FILE_C]: functionText("c") };
const { [FILE_A]: _, ...WITHOUT_A } = EARLIER;
const BOTH = `${functionText("a")}---\n${functionText("b")}`;

const nameOf = ([key]: readonly unknown[]): unknown => key;
const before = accepted(snapshotOf(EARLIER)).record;

describe("a file that breaks in the revision that moves a document", () => {
  test.each([
    { files: { ...WITHOUT_A, [FILE_B]: BROKEN }, because: "the file that had the document is gone" },
    {
      files: { ...WITHOUT_A, [FILE_A]: "# moved\n", [FILE_B]: BROKEN },
      because: "the file that had the document is still there",
    },
  ])("keeps the key that is no longer declared: $because", ({ files }) => {
    const first = accepted(snapshotOf(files), before);
    const again = accepted(snapshotOf(files), first.record);

    expect(first.broken).toEqual([A, B].map((key) => [key, FILE_B, expect.any(String)]));
    expect(again.broken).toEqual(first.broken);
  });

  test("keeps the keys of a document that leaves a file with others", () => {
    const earlier = accepted(snapshotOf({ ...EARLIER, [FILE_A]: BOTH, [FILE_B]: "# empty\n" })).record;
    const files = { ...EARLIER, [FILE_A]: functionText("a"), [FILE_B]: BROKEN };

    expect(accepted(snapshotOf(files), earlier).broken).toEqual([[B, FILE_B, expect.any(String)]]);
  });

  test("keeps no key of another team", () => {
    const { [FILE_C]: _gone, ...files } = { ...EARLIER, [FILE_B]: BROKEN };

    expect(accepted(snapshotOf(files), before).broken.map(nameOf)).toEqual([B]);
  });

  test("keeps no key that is declared elsewhere, also if its document has an error", () => {
    const moved = "teams/orders/moved.yaml";
    const files = { ...WITHOUT_A, [moved]: functionText("a"), [FILE_B]: BROKEN };

    expect(accepted(snapshotOf(files), before).broken.map(nameOf)).toEqual([B]);
  });

  test("keeps the key until it can be read, and then no longer", () => {
    const first = accepted(snapshotOf({ ...WITHOUT_A, [FILE_B]: BROKEN }), before);
    const corrected = accepted(snapshotOf(WITHOUT_A), first.record);

    expect(corrected.broken).toEqual([]);
    expect(corrected.record.unreadFiles).toEqual({});
  });
});

describe("a file that could not be read before", () => {
  const broken = accepted(snapshotOf({ ...EARLIER, [FILE_B]: BROKEN }), before).record;

  test("keeps no key that is removed elsewhere while its content stays", () => {
    expect(accepted(snapshotOf({ ...WITHOUT_A, [FILE_B]: BROKEN }), broken).broken.map(nameOf)).toEqual([B]);
  });

  test("keeps the key if its content changes in the same revision: the document may have been moved into it", () => {
    const files = { ...WITHOUT_A, [FILE_B]: `# with a\n${BROKEN}` };

    expect(accepted(snapshotOf(files), broken).broken.map(nameOf)).toEqual([A, B]);
  });

  test("keeps the key if the record of an earlier version does not show that it could not be read", () => {
    const files = snapshotOf({ ...WITHOUT_A, [FILE_B]: BROKEN });

    expect(accepted(files, recordOf(broken.fileKeys)).broken.map(nameOf)).toEqual([A, B]);
  });
});

describe("a folder that the source starts to refuse", () => {
  test("keeps the keys of its own team only", () => {
    const { [FILE_A]: _a, [FILE_B]: _b, [FILE_C]: _c, ...files } = EARLIER;
    const refused = [{ path: "teams/orders", reason: "symlink" as const }];

    expect(accepted(snapshotOf(files, refused), before).broken.map(nameOf)).toEqual([A, B]);
  });
});
