import { describe, expect, test } from "@jest/globals";
import { compileSnapshot } from "../../../../src/controller/revision/accept.ts";
import { objectRecords } from "../../../../src/controller/revision/object-records.ts";
import { mayBeUnread } from "../../../../src/manifest/revision/unread.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import { functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import {
  A,
  B,
  FILE_A,
  FILE_B,
  NOW,
  snapshotOf,
  recordOf,
  contextOf,
  accepted,
  ALL,
  BROKEN,
} from "./accepted.ts";

const NOTHING = (): boolean => false;

describe("a file that can't be read", () => {
  test("still keeps every key last seen in it", () => {
    const record = recordOf({ [FILE_A]: [A], [FILE_B]: [B] });

    const { broken, after } = accepted(snapshotOf({ ...ALL, [FILE_A]: BROKEN }), record);

    expect(broken).toEqual([[A, FILE_A, expect.any(String)]]);
    expect(after).toEqual({ [FILE_A]: [A], [FILE_B]: [B] });
  });

  test("keeps its keys if the source refuses it", () => {
    const { [FILE_A]: _, ...others } = ALL;
    const refused = [{ path: FILE_A, reason: "symlink" as const }];

    const { broken, after } = accepted(
      snapshotOf(others, refused),
      recordOf({ [FILE_A]: [A], [FILE_B]: [B] }),
    );

    expect(broken).toEqual([[A, FILE_A, "a symbolic link is not read"]]);
    expect(after).toEqual({ [FILE_A]: [A], [FILE_B]: [B] });
  });

  test("keeps no key that another file declares now", () => {
    const { broken } = accepted(
      snapshotOf({ ...ALL, "teams/orders/old.yaml": BROKEN }),
      recordOf({ "teams/orders/old.yaml": [A] }),
    );

    expect(broken).toEqual([]);
  });

  test("and is new may be a deleted file under another name", () => {
    const { [FILE_A]: _, ...others } = ALL;
    const moved = { ...others, "teams/orders/moved.yaml": BROKEN };
    const record = recordOf({ [FILE_A]: [A], [FILE_B]: [B] });

    const first = accepted(snapshotOf(moved), record);
    const again = accepted(snapshotOf(moved), recordOf(first.after));

    expect(first.broken).toEqual([[A, "teams/orders/moved.yaml", expect.any(String)]]);
    expect(first.after).toEqual({ "teams/orders/moved.yaml": [A], [FILE_B]: [B] });
    expect(again.broken).toEqual(first.broken);
  });

  test.each<{ readonly file: string; readonly text: string; readonly because: string }>([
    {
      file: "platform/a.yaml",
      text: functionText("a", "  grants: []\n"),
      because: "a FunctionPermission was moved to the platform's folder",
    },
    {
      file: "platform/shop/a.yaml",
      text: functionText("a", "  grants: []\n").replace("{name: a}", "{name: a, namespace: orders}"),
      because: "it was moved there with its namespace",
    },
    { file: "platform/a.yaml", text: BROKEN, because: "a file of the platform cannot be parsed" },
    {
      file: "teams/a.yaml",
      text: functionText("a", "  grants: []\n"),
      because: "it was moved out of the team's folder",
    },
  ])("keeps the key of a file that is gone: $because", ({ file, text }) => {
    const { [FILE_A]: _, ...others } = ALL;

    const { broken } = accepted(
      snapshotOf({ ...others, [file]: text }),
      recordOf({ [FILE_A]: [A], [FILE_B]: [B] }),
    );

    expect(broken).toEqual([[A, file, expect.any(String)]]);
  });

  test("and existed before keeps no key that is deleted later", () => {
    const refused = [{ path: "teams/orders/link.yaml", reason: "symlink" as const }];
    const { after } = accepted(snapshotOf(ALL, refused));
    const { [FILE_A]: _, ...others } = ALL;

    const { broken } = accepted(snapshotOf(others, refused), recordOf(after));

    expect(after).toEqual({ "teams/orders/link.yaml": [], [FILE_A]: [A], [FILE_B]: [B] });
    expect(broken).toEqual([]);
  });

  test("that is deleted keeps no key", () => {
    const { [FILE_A]: _, ...others } = ALL;

    expect(accepted(snapshotOf(others), recordOf({ [FILE_A]: [A], [FILE_B]: [B] }))).toMatchObject({
      broken: [],
      after: { [FILE_B]: [B] },
    });
  });
});

describe("a folder that the source refuses", () => {
  const C = "function/222222222222/eu-west-1/search/c" as Key;
  const FILE_C = "teams/search/c.yaml";
  const RECORD = recordOf({ [FILE_A]: [A], [FILE_B]: [B], [FILE_C]: [C] });
  const others = { ...PLATFORM_FILES, [FILE_C]: functionText("c") };

  test.each([
    { path: "teams/orders", reason: "symlink", because: "the team's folder is a link" },
    { path: "teams/orders", reason: "submodule", because: "the team's folder is a submodule" },
  ] as const)("holds all that was last seen in it: $because", ({ path, reason }) => {
    const snapshot = snapshotOf(others, [{ path, reason }]);

    const { broken, after, compilation } = accepted(snapshot, RECORD);

    expect(broken).toEqual([A, B].map((key) => [key, path, expect.stringContaining("is not read")]));
    expect(after).toEqual({ [FILE_A]: [A], [FILE_B]: [B], [FILE_C]: [C], [path]: [] });
    expect(compilation.diagnostics).toEqual([
      expect.objectContaining({ severity: "error", origin: expect.objectContaining({ file: path }) }),
    ]);
  });

  test("above all teams keeps the keys of all teams", () => {
    const snapshot = snapshotOf(PLATFORM_FILES, [{ path: "teams", reason: "symlink" }]);

    expect(accepted(snapshot, RECORD).broken.map(([key]) => key)).toEqual([A, B, C]);
  });

  test("keeps them at the next revision too, until it is a folder again", () => {
    const refused = snapshotOf(others, [{ path: "teams/orders", reason: "symlink" }]);
    const first = accepted(refused, RECORD);
    const again = accepted(refused, recordOf(first.after));
    const back = accepted(snapshotOf({ ...others, [FILE_B]: functionText("b") }), recordOf(again.after));

    expect(again.broken).toEqual(first.broken);
    expect(again.after).toEqual(first.after);
    expect(back.broken).toEqual([]);
  });

  test("and is new keeps the deleted keys of its own team, never of another", () => {
    const refused = [{ path: "teams/orders/new", reason: "symlink" as const }];

    const { broken } = accepted(snapshotOf(PLATFORM_FILES, refused), RECORD);

    expect(broken.map(([key]) => key)).toEqual([A, B]);
  });

  test("keeps the objects of its files, so that they count as broken and not as deleted", () => {
    const before = complete(
      objectRecords(
        accepted(snapshotOf({ ...ALL, ...others })).compilation.objects,
        { records: [], isUnread: NOTHING },
        NOW,
      ),
    );
    const compiled = complete(
      compileSnapshot(snapshotOf(others, [{ path: "teams/orders", reason: "submodule" }]), contextOf(RECORD)),
    );
    if (compiled.kind === "err") throw new Error(compiled.error);
    const { compilation } = compiled.value.enforced;

    const { removed } = complete(
      objectRecords(
        compilation.objects,
        { records: before.objects, isUnread: mayBeUnread(compiled.value.enforced) },
        NOW,
      ),
    );

    expect(removed).toEqual([]);
  });

  test("that can only contain files next to manifests is a warning", () => {
    const refused = [
      { path: "teams/orders/README.md", reason: "symlink" as const },
      { path: "teams/orders/logo.png", reason: "too-large" as const },
    ];

    const { compilation, broken } = accepted(snapshotOf(others, refused), RECORD);

    expect(compilation.diagnostics.map(({ severity }) => severity)).toEqual(["warning", "warning"]);
    expect(broken).toEqual([]);
  });

  test("is an error under every name if it contained manifests", () => {
    const record = recordOf({ "teams/orders/v1.md/a.yaml": [A] });
    const refused = [{ path: "teams/orders/v1.md", reason: "symlink" as const }];

    const { broken } = accepted(snapshotOf(others, refused), record);

    expect(broken).toEqual([[A, "teams/orders/v1.md", expect.stringContaining("is not read")]]);
  });

  test("and fifty thousand others are compared in reasonable time", () => {
    const refused = Array.from({ length: 50_000 }, (_, index) => ({
      path: `teams/orders/link${index}`,
      reason: "symlink" as const,
    }));
    const many = Array.from(
      { length: 5_000 },
      (_, index) => [`teams/orders/old/${index}.yaml`, [A]] as const,
    );

    // A comparison of each with each would take hours, far beyond the time limit of the test.
    const { broken } = accepted(snapshotOf(others, refused), recordOf(Object.fromEntries(many)));

    expect(broken).toHaveLength(1);
  });

  test("is named if it leaves no other file", () => {
    const refused = [{ path: "teams", reason: "symlink" as const }];

    expect(complete(compileSnapshot(snapshotOf({}, refused), contextOf(RECORD)))).toEqual({
      kind: "err",
      error: expect.stringContaining("not read: teams (symbolic link)"),
    });
  });
});
