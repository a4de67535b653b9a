import { describe, expect, test } from "@jest/globals";
import { compileSnapshot, type AcceptContext } from "../../../../src/controller/revision/accept.ts";
import { objectRecords, observedObjects } from "../../../../src/controller/revision/object-records.ts";
import { SourceError, type Relation, type Source } from "../../../../src/controller/ports/source.ts";
import { mayBeUnread } from "../../../../src/manifest/revision/unread.ts";
import { fetchRevision } from "../../../../src/controller/revision/revisions.ts";
import { MAX_PARTS } from "../../../../src/manifest/parse/parse-files.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { complete } from "../../../../src/model/values/steps.ts";
import { functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import type { ObjectRecord } from "../../../../src/model/records/object-record.ts";
import type { SourceRecord } from "../../../../src/model/records/source-record.ts";
import {
  A,
  B,
  FILE_A,
  FILE_B,
  FUNCTIONS,
  REVISION,
  NOW,
  snapshotOf,
  recordOf,
  contextOf,
  accepted,
  parsedIn,
  ALL,
  BROKEN,
} from "./accepted.ts";
import { err, ok } from "../../../../src/model/values/result.ts";

const NEXT = `main@sha1:${"2".repeat(40)}` as Revision;

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

    const second = complete(compileSnapshot(changed, contextOf(null, parsedIn(first.value))));

    if (second.kind === "err") throw new Error(second.error);
    const kept = [...parsedIn(second.value)].filter(([id, file]) => parsedIn(first.value).get(id) === file);
    expect(kept).toHaveLength(Object.keys(ALL).length - 1);
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

  test("are written only if they differ from their record", () => {
    const first = objectsOf(FUNCTIONS).objects;
    const tracing = functionText("a", "  tracing: true\n");

    expect(objectsOf(FUNCTIONS, first).objects).toEqual([]);
    expect(objectsOf({ ...FUNCTIONS, [FILE_A]: tracing }, first).objects.map(({ name }) => name)).toEqual([
      "a",
    ]);
    const moved = { "teams/orders/moved.yaml": functionText("a"), [FILE_B]: functionText("b") };
    expect(objectsOf(moved, first).objects.map(({ name }) => name)).toEqual(["a"]);
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
    latest: async () => ok({ ...snapshotOf(ALL), revision }),
    at: () => Promise.reject(new Error("not asked for")),
    compare: async () => ok({ relation, commits: [], authors: { kind: "read", byFile: new Map() } }),
    verify: async () => ok({ kind: "not-required" }),
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
    { of: source("older"), record: recordOf({}), kind: "held", because: "it is older" },
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

    expect(await fetchRevision(of, { record, approvals, nowMs: 0 }, signal)).toMatchObject({ kind });
  });

  test("is nothing if the source reports why it could not be read; any other error is a bug", async () => {
    const error = new SourceError({ code: "unreachable", message: "no route", fix: "fix the network" });
    const failing = (latest: Source["latest"]) =>
      fetchRevision({ ...source("first"), latest }, { record: null, approvals: [], nowMs: 0 }, signal);

    expect(await failing(async () => err(error))).toEqual({ kind: "failed", error });
    await expect(failing(() => Promise.reject(new Error("bug")))).rejects.toThrow("bug");
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
      [...parsedIn(first.value)].map(([id, file]) => [id, file.path === path ? { ...file, parts } : file]),
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
    expect([...parsedIn(result.value).values()].map(({ path }) => path)).not.toContain(FILE_B);
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
