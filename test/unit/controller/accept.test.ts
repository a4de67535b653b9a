import { describe, expect, test } from "@jest/globals";
import { compileSnapshot, type AcceptContext } from "../../../src/controller/revision/accept.ts";
import { objectRecords, observedObjects } from "../../../src/controller/revision/object-records.ts";
import { SourceError, type Relation, type Source } from "../../../src/controller/ports/source.ts";
import { mayBeUnread } from "../../../src/controller/revision/unread.ts";
import { fetchRevision } from "../../../src/controller/revision/revisions.ts";
import { MAX_PARTS } from "../../../src/manifest/parse/parse-files.ts";
import { DEFAULT_MANIFEST_LIMITS } from "../../../src/manifest/parse/parsed.ts";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { RefusedFile, Snapshot } from "../../../src/model/snapshot.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { COMPILE_CONTEXT, functionText, NOW_MS, PLATFORM_FILES } from "../../support/manifests.ts";
import type { ObjectRecord } from "../../../src/model/records/object-record.ts";
import type { SourceRecord } from "../../../src/model/records/source-record.ts";

const A = "function/222222222222/eu-west-1/orders/a" as Key;
const B = "function/222222222222/eu-west-1/orders/b" as Key;
const FILE_A = "teams/orders/a.yaml";
const FILE_B = "teams/orders/b.yaml";
const FUNCTIONS = { [FILE_A]: functionText("a"), [FILE_B]: functionText("b") };
const REVISION = `main@sha1:${"1".repeat(40)}` as Revision;
const NEXT = `main@sha1:${"2".repeat(40)}` as Revision;
const NOW = new Date(NOW_MS).toISOString();

function snapshotOf(files: Readonly<Record<string, string>>, refused: readonly RefusedFile[] = []): Snapshot {
  return {
    source: "main",
    revision: REVISION,
    files: Object.entries(files).map(([path, text]) => ({
      path,
      oid: sha256Hex(text),
      bytes: new TextEncoder().encode(text),
    })),
    refused,
    uncommitted: false,
  };
}

function recordOf(fileKeys: SourceRecord["fileKeys"]): SourceRecord {
  return { source: "main", acceptedRevision: REVISION, heldRevision: null, fileKeys };
}

function contextOf(
  record: SourceRecord | null = null,
  parsed: AcceptContext["parsed"] = new Map(),
): AcceptContext {
  const { revision: _, ...compile } = COMPILE_CONTEXT;
  return { compile, limits: DEFAULT_MANIFEST_LIMITS, parsed, record };
}

function accepted(snapshot: Snapshot, record: SourceRecord | null = null) {
  const compiled = complete(compileSnapshot(snapshot, contextOf(record)));
  if (compiled.kind === "err") throw new Error(compiled.error);
  const { fileKeys, enforced } = compiled.value;
  const { compilation, brokenFileKeys } = enforced;
  return {
    compilation,
    broken: [...brokenFileKeys].map(([key, { origin, message }]) => [key, origin.file, message]),
    after: teamFiles(fileKeys),
  };
}

function teamFiles(fileKeys: SourceRecord["fileKeys"]): SourceRecord["fileKeys"] {
  return Object.fromEntries(Object.entries(fileKeys).filter(([path]) => path.startsWith("teams/")));
}

const ALL = { ...PLATFORM_FILES, ...FUNCTIONS };
const BROKEN = "spec: {\n";
const NOTHING = (): boolean => false;

describe("a snapshot", () => {
  test("without a single document is refused, and names what was declared before", () => {
    const empty = snapshotOf({ "README.md": "nothing" });

    expect(complete(compileSnapshot(snapshotOf({}), contextOf()))).toEqual({
      kind: "err",
      error: "0 manifests at main@1111111: refused, nothing is deleted",
    });
    expect(
      complete(
        compileSnapshot({ ...empty, files: [] }, contextOf(recordOf({ [FILE_A]: [A], "x.yaml": [] }))),
      ),
    ).toEqual({
      kind: "err",
      error: "0 manifests at main@1111111, where 1 files had some: refused, nothing is deleted",
    });
  });

  test("parses only changed files", () => {
    const first = complete(compileSnapshot(snapshotOf(ALL), contextOf()));
    if (first.kind === "err") throw new Error(first.error);
    const changed = snapshotOf({ ...ALL, [FILE_A]: functionText("a", "  tracing: true\n") });

    const second = complete(compileSnapshot(changed, contextOf(null, first.value.parsed)));

    if (second.kind === "err") throw new Error(second.error);
    const kept = [...second.value.parsed].filter(([id, file]) => first.value.parsed.get(id) === file);
    expect(kept).toHaveLength(Object.keys(ALL).length - 1);
  });
});

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

describe("the objects of a revision", () => {
  const objectsOf = (files: Readonly<Record<string, string>>, before: readonly ObjectRecord[] = []) => {
    const snapshot = snapshotOf({ ...PLATFORM_FILES, ...files });
    const compiled = complete(compileSnapshot(snapshot, contextOf()));
    if (compiled.kind === "err") throw new Error(compiled.error);
    const { enforced } = compiled.value;
    return complete(
      objectRecords(enforced.compilation.objects, { records: before, isUnread: mayBeUnread(enforced) }, NOW),
    );
  };
  const ofA = (records: readonly ObjectRecord[]): ObjectRecord | undefined =>
    records.find(({ name, kind }) => name === "a" && kind === "FunctionPermission");

  test("have a version 5 uid that depends on their name alone", () => {
    const [first, second] = [
      objectsOf(FUNCTIONS),
      objectsOf({ [FILE_A]: functionText("a", "  tracing: true\n") }),
    ];

    expect(ofA(first.objects)?.uid).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(ofA(second.objects)?.uid).toBe(ofA(first.objects)?.uid);
    expect(new Set(first.objects.map(({ uid }) => uid)).size).toBe(first.objects.length);
  });

  test("count a generation for each change of meaning, and keep their creation time", () => {
    const first = objectsOf(FUNCTIONS).objects;
    const respelt = objectsOf({ ...FUNCTIONS, [FILE_A]: `# a comment\n${functionText("a")}` }, first).objects;
    const changed = objectsOf(
      { ...FUNCTIONS, [FILE_A]: functionText("a", "  tracing: true\n") },
      respelt,
    ).objects;

    expect([first, respelt, changed].map((objects) => ofA(objects)?.generation)).toEqual([1, 1, 2]);
    expect(ofA(changed)?.createdAt).toBe(NOW);
  });

  test("end with their document, but not with a file that can't be read", () => {
    const first = objectsOf(FUNCTIONS).objects;

    expect(objectsOf({ [FILE_B]: functionText("b") }, first).removed).toEqual([
      { kind: "FunctionPermission", namespace: "orders", name: "a" },
    ]);
    expect(objectsOf({ ...FUNCTIONS, [FILE_A]: BROKEN }, first).removed).toEqual([]);
  });

  test("are observed once a pass has looked at all of their keys", () => {
    const { objects } = objectsOf(FUNCTIONS);
    const observed = observedObjects(objects, new Set([B]));

    expect(ofA(observed)).toMatchObject({ generation: 1, observedGeneration: 1 });
    expect(observed.some(({ name }) => name === "b")).toBe(false);
    expect(ofA(observedObjects(observed, new Set()))).toBeUndefined();
  });
});

describe("what a fetch means for the enforced revision", () => {
  const source = (relation: Relation, revision: Revision = NEXT): Source => ({
    name: "main",
    latest: () => Promise.resolve({ ...snapshotOf(ALL), revision }),
    at: () => Promise.reject(new Error("not asked for")),
    compare: () => Promise.resolve({ relation, commits: [] }),
    watch: () => Promise.resolve(() => Promise.resolve()),
  });
  const approval = (subject: Revision) => ({
    subject,
    actor: "dana",
    reason: "ok",
    at: NOW,
    expiresAt: NOW,
    actions: {},
  });
  const { signal } = new AbortController();

  test.each<{
    readonly of: Source;
    readonly record: SourceRecord | null;
    readonly approved?: Revision;
    readonly kind: string;
    readonly because: string;
  }>([
    { of: source("first"), record: null, kind: "new", because: "nothing was accepted before" },
    { of: source("same", REVISION), record: recordOf({}), kind: "same", because: "it is the accepted one" },
    { of: source("forward"), record: recordOf({}), kind: "new", because: "it follows the accepted one" },
    { of: source("rollback"), record: recordOf({}), kind: "held", because: "it is older" },
    { of: source("rewritten"), record: recordOf({}), kind: "held", because: "history was rewritten" },
    {
      of: source("rewritten"),
      record: recordOf({}),
      approved: NEXT,
      kind: "new",
      because: "a person accepted it",
    },
    {
      of: source("rewritten"),
      record: recordOf({}),
      approved: REVISION,
      kind: "held",
      because: "a person accepted another one",
    },
  ])("is $kind: $because", async ({ of, record, approved, kind }) => {
    const approvals = approved === undefined ? [] : [approval(approved)];

    expect(await fetchRevision(of, { record, approvals }, signal)).toMatchObject({ kind });
  });

  test("is nothing if the source reports why it could not be read; any other error is a bug", async () => {
    const error = new SourceError("unreachable", "no route", "fix the network");
    const failing = (cause: Error): Source => ({ ...source("first"), latest: () => Promise.reject(cause) });

    expect(await fetchRevision(failing(error), { record: null, approvals: [] }, signal)).toEqual({
      kind: "failed",
      error,
    });
    await expect(
      fetchRevision(failing(new Error("bug")), { record: null, approvals: [] }, signal),
    ).rejects.toThrow("bug");
  });
});

describe("a team that is over its share of YAML parts", () => {
  const OTHERS = "teams/search/c.yaml";
  const files = { ...ALL, [OTHERS]: functionText("c") };
  const snapshot = snapshotOf(files);

  /** The parsed file that the earlier revision left in memory, with as many parts. */
  function knownWith(path: string, parts: number): AcceptContext["parsed"] {
    const first = complete(compileSnapshot(snapshot, contextOf()));
    if (first.kind === "err") throw new Error(first.error);
    return new Map(
      [...first.value.parsed].map(([id, file]) => [id, file.path === path ? { ...file, parts } : file]),
    );
  }

  test("keeps the last good state of files that do not fit, and leaves other teams alone", () => {
    const record = recordOf({ [FILE_A]: [A], [FILE_B]: [B] });
    const parsed = knownWith(FILE_A, MAX_PARTS.ofNamespace);

    const result = complete(compileSnapshot(snapshot, contextOf(record, parsed)));

    if (result.kind === "err") throw new Error(result.error);
    const { compilation, brokenFileKeys } = result.value.enforced;
    expect([...compilation.desired.bindings.keys()].map((key) => key.split("/").at(-1))).toEqual(["a", "c"]);
    expect([...brokenFileKeys.keys()]).toEqual([B]);
    expect(brokenFileKeys.get(B)).toMatchObject({
      code: "too-large",
      message: "namespace orders has more than 3000000 YAML parts up to this file, which is not read",
      origin: { file: FILE_B },
    });
    // A file that was refused because of its position is read again the next time.
    expect([...result.value.parsed.values()].map(({ path }) => path)).not.toContain(FILE_B);
  });

  test("uses nothing of the total for all teams", () => {
    const parsed = knownWith(FILE_A, MAX_PARTS.ofRevision * 2);

    const result = complete(compileSnapshot(snapshot, contextOf(null, parsed)));

    if (result.kind === "err") throw new Error(result.error);
    expect([...result.value.enforced.compilation.desired.bindings.keys()]).toEqual([
      "function/222222222222/eu-west-1/search/c",
    ]);
  });
});

test("a file of brackets has one diagnostic, and keeps the keys last seen in it", () => {
  const document = `---\na: [${"[],".repeat(6_000)}]\n`;
  const record = recordOf({ [FILE_A]: [A] });

  const { compilation, broken } = accepted(snapshotOf({ ...ALL, [FILE_A]: document.repeat(40) }), record);

  expect(broken).toEqual([[A, FILE_A, "the file has more than 600000 YAML parts"]]);
  expect(compilation.diagnostics.filter(({ origin }) => origin.file === FILE_A)).toHaveLength(1);
  expect(compilation.desired.bindings.has(B)).toBe(true);
});
