import { describe, expect, test } from "@jest/globals";
import { pendingAuthors as pendingAuthorsInSteps } from "../../../../src/manifest/revision/pending-authors.ts";
import {
  isAssistants,
  NO_PENDING_AUTHORS,
  pendingAuthorsOf,
  unknownAuthors,
  type PendingAuthors,
} from "../../../../src/model/authors.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { KEY } from "../../../support/pass/passes.ts";
import {
  FILE,
  BEFORE,
  DANA,
  LEE,
  BOTH,
  SIDE,
  RECORD,
  appliedAt,
  before,
  madeBy,
  recordedAuthors,
  pendingAuthors,
} from "./pending-authors-scenes.ts";

test.each([
  { keys: appliedAt(BEFORE), authors: DANA, because: "what was applied starts again without authors" },
  { keys: appliedAt(null), authors: BOTH, because: "what was not applied keeps its authors" },
  { keys: [], authors: BOTH, because: "a key without a record was not applied" },
])("$because", ({ keys, authors }) => {
  expect(pendingAuthors(SIDE, madeBy({ [FILE]: DANA }), before({ keys }))).toEqual({
    all: null,
    byKey: { [KEY]: authors },
  });
});

test.each([
  { record: null, pending: NO_PENDING_AUTHORS, because: "nothing was accepted before" },
  {
    record: { ...RECORD, acceptedRevision: null },
    pending: NO_PENDING_AUTHORS,
    because: "nothing was ever accepted",
  },
])("a first revision without changed files has no authors: $because", ({ record, pending }) => {
  expect(pendingAuthors(SIDE, madeBy({}), before({ record }))).toEqual(pending);
});

const FIRST = { kind: "unknown", reason: "there is nothing to compare with" } as const;

test.each([
  {
    step: { ...FIRST, people: DANA.people },
    all: DANA,
    because: "the people of its history, of whom no one counts as an assistant",
  },
  { step: FIRST, all: { ...DANA, people: [], isPartial: true }, because: "no one who is known" },
] as const)("a first revision has authors: $because", ({ step, all }) => {
  expect(pendingAuthors(SIDE, step, before({ record: null }))).toEqual({ all, byKey: {} });
});

test("a record of 0.1 does not know who made what is open", () => {
  const { authors: _, ...record } = RECORD;

  expect(pendingAuthors(SIDE, madeBy({}), before({ record, keys: [] })).byKey[KEY]).toMatchObject({
    unknown: "an earlier version accepted the change",
  });
});

test("a step without known authors counts for every key, and drops the authors of keys that are gone", () => {
  const gone = { ...SIDE, fileKeys: {} };
  const unknown = { kind: "unknown", reason: "a force-push" } as const;

  expect(pendingAuthors(gone, unknown, before({ keys: [] }))).toEqual({
    all: unknownAuthors("a force-push"),
    byKey: {},
  });
});

test("a moved document has the authors of both files", () => {
  const moved = { ...SIDE, fileKeys: { "teams/orders/b.yaml": [KEY] } };
  const step = madeBy({ [FILE]: DANA, "teams/orders/b.yaml": LEE });

  expect(pendingAuthors(moved, step, before()).byKey).toEqual({ [KEY]: BOTH });
});

test.each([
  { file: "platform/w.yaml", objects: [{ kind: "Waiver", file: "platform/w.yaml" }], all: true },
  { file: "platform/p.yaml", objects: [{ kind: "ManagedPolicy", file: "platform/p.yaml" }], all: false },
  { file: "platform/gone.yaml", objects: [], all: true },
  { file: "teams/orders/gone.yaml", objects: [], all: false },
])("a change of $file counts for every key: $all", ({ file, objects, all }) => {
  const pending = pendingAuthors({ ...SIDE, objects }, madeBy({ [file]: LEE }), before({ objects: [] }));

  expect(pending.all).toEqual(all ? LEE : null);
});

test("so does a file of the platform that can't be read any more", () => {
  const file = "platform/p.yaml";
  const broken = { ...SIDE, brokenFiles: [file] };

  expect(
    pendingAuthors(broken, madeBy({ [file]: LEE }), before({ objects: [{ kind: "ManagedPolicy", file }] }))
      .all,
  ).toEqual(LEE);
});

describe("a file that could not be read", () => {
  const unread = (file: string, more: object = {}) =>
    before({ record: { ...RECORD, authors: { all: null, byKey: {}, unread: { [file]: LEE } }, ...more } });
  const broken = { fileKeys: { [FILE]: [] }, objects: [], brokenFiles: [FILE] };

  test("keeps its authors, and those of a later change that leaves it so", () => {
    const none = { ...RECORD, fileKeys: {}, authors: NO_PENDING_AUTHORS };

    expect(pendingAuthors(broken, madeBy({ [FILE]: LEE }), before({ record: none })).unread).toEqual({
      [FILE]: LEE,
    });
    expect(pendingAuthors(broken, madeBy({ [FILE]: DANA }), unread(FILE)).unread).toEqual({ [FILE]: BOTH });
    expect(pendingAuthors(broken, madeBy({}), unread(FILE)).unread).toEqual({ [FILE]: LEE });
    const unknown = { kind: "unknown", reason: "a force-push" } as const;
    expect(pendingAuthors(broken, unknown, before()).unread?.[FILE]).toMatchObject({
      unknown: "a force-push",
    });
  });

  test("has them for what it declares then, and not for what was known before", () => {
    const step = madeBy({ [FILE]: DANA });

    expect(pendingAuthors(SIDE, step, unread(FILE, { fileKeys: { [FILE]: [] } }))).toEqual({
      all: null,
      byKey: { [KEY]: BOTH },
    });
    expect(pendingAuthors(SIDE, step, unread(FILE)).byKey).toEqual({ [KEY]: DANA });
  });

  test("has them for every key if it is one of the platform and can be read again", () => {
    const file = "platform/w.yaml";

    expect(pendingAuthors(SIDE, madeBy({}), unread(file)).all).toEqual(LEE);
    expect(pendingAuthors({ ...SIDE, brokenFiles: [file] }, madeBy({}), unread(file)).all).toBeNull();
  });
});

describe("what a person renames does not become the person's", () => {
  const OTHER = "teams/orders/d.yaml";
  const NEW = KEY.replace("/a", "/d") as Key;
  const here = (fileKeys: Readonly<Record<string, readonly Key[]>>, brokenFiles: readonly string[] = []) => ({
    fileKeys,
    objects: Object.keys(fileKeys).map((file) => ({ kind: "FunctionPermission", file })),
    brokenFiles,
  });
  const after = (authors: PendingAuthors, fileKeys: Readonly<Record<string, readonly Key[]>>) =>
    before({ record: { ...RECORD, fileKeys, authors } });
  const renamed = madeBy({ [FILE]: DANA, [OTHER]: DANA });
  const BROKEN = { all: null, byKey: {}, unread: { [FILE]: LEE } };

  test("a file that could not be read, and can be read under its new name", () => {
    const pending = pendingAuthors(here({ [OTHER]: [NEW] }), renamed, after(BROKEN, {}));

    expect(pending).toEqual({ all: null, byKey: { [NEW]: BOTH } });
  });

  test("a file that can't be read under its new name either", () => {
    const pending = pendingAuthors(here({}, [OTHER]), renamed, after(BROKEN, {}));

    expect(pending.unread).toEqual({ [OTHER]: BOTH });
  });

  test("a document that was not applied", () => {
    const unapplied = after({ all: null, byKey: { [KEY]: LEE } }, { [FILE]: [KEY] });

    expect(
      pendingAuthors(here({ [FILE]: [NEW] }), madeBy({ [FILE]: DANA }), { ...unapplied, keys: [] }).byKey,
    ).toEqual({ [NEW]: BOTH });
  });

  test("a document that moves into a file that could not be read", () => {
    const pending = pendingAuthors(
      here({ [FILE]: [NEW] }),
      renamed,
      after(BROKEN, { [FILE]: [], [OTHER]: [NEW] }),
    );

    expect(pending.byKey).toEqual({ [NEW]: BOTH });
  });

  test.each([
    {
      fileKeys: { "teams/search/d.yaml": [NEW.replace("/orders/", "/search/") as Key] },
      because: "of another team",
    },
    { fileKeys: { [OTHER]: [KEY] }, because: "of a function that was known" },
  ])("and no author of something else: $because", ({ fileKeys }) => {
    const step = madeBy(Object.fromEntries(Object.keys(fileKeys).map((file) => [file, DANA])));
    const known = after(BROKEN, { [OTHER]: [KEY] });

    expect(
      Object.values(pendingAuthors(here(fileKeys), step, { ...known, keys: appliedAt(BEFORE) }).byKey),
    ).toEqual([DANA]);
  });
});

test("of a list that is cut, the people stay who could approve the change", () => {
  const people = Array.from({ length: 40 }, (_, at) => `p${String(at).padStart(2, "0")}@example.com`);
  const step = madeBy({ [FILE]: { ...DANA, people: [...people, "zoe@example.com"] } });
  const { byKey } = pendingAuthors(SIDE, step, before({ approvers: new Set(["zoe@example.com"]) }));

  expect(byKey[KEY]).toEqual({
    ...DANA,
    people: [...people.slice(0, 20), "zoe@example.com"],
    isPartial: true,
  });
});

test("the people of a step without known authors may have made everything", () => {
  const step = { kind: "unknown", reason: "a force-push", people: ["lee@example.com"] } as const;

  expect(pendingAuthors(SIDE, step, before()).all).toEqual({ ...LEE, unknown: "a force-push" });
});

describe("an account that only observes applies nothing", () => {
  const NAMES = Array.from({ length: 300 }, (_, at) => `f-${at}`);
  const keyOf = (name: string) => `function/111122223333/eu-west-1/orders/${name}` as Key;
  const fileKeys = Object.fromEntries(NAMES.map((name) => [`teams/orders/${name}.yaml`, [keyOf(name)]]));
  const platform = { kind: "AwsAccount", file: "platform/accounts.yaml" };
  const objects = [...Object.keys(fileKeys).map((file) => ({ kind: "FunctionPermission", file })), platform];
  const side = { fileKeys, objects, brokenFiles: [] };

  /** What is recorded after revisions that each change the account, by another person each, and a third of the files. */
  function after(revisions: number): PendingAuthors {
    let authors: PendingAuthors = NO_PENDING_AUTHORS;
    for (let at = 0; at < revisions; at += 1) {
      const step = madeBy({
        [platform.file]: { ...DANA, people: [`person-${at}@example.com`] },
        ...Object.fromEntries(
          NAMES.filter((_, place) => place % 3 === at % 3).map((name) => [
            `teams/orders/${name}.yaml`,
            { ...LEE },
          ]),
        ),
      });
      const record = { ...RECORD, fileKeys, authors };
      const pending = recordedAuthors(side, step, before({ record, keys: [], objects }));
      authors = JSON.parse(JSON.stringify(pending)) as PendingAuthors;
    }
    return authors;
  }

  test("and what is recorded of its keys does not grow with each revision", () => {
    const sizeAfter = (revisions: number) => JSON.stringify(after(revisions)).length;

    expect(sizeAfter(25) / sizeAfter(4)).toBeLessThan(1.2);
  });

  test("and the computation pauses between its keys, so that a large push blocks no request", () => {
    const step = madeBy(Object.fromEntries(Object.keys(fileKeys).map((file) => [file, DANA])));
    const steps = pendingAuthorsInSteps(side, step, before({ keys: [], objects }));

    expect(steps.toArray().length).toBeGreaterThanOrEqual(NAMES.length);
  });

  test("and many people are no assistant: the list is cut", () => {
    const found = pendingAuthorsOf(after(25), keyOf("f-0"));

    expect(found).toMatchObject({ unknown: null, isPartial: true });
    expect(found?.people.length).toBeLessThan(30);
    expect(found === null || isAssistants(found)).toBe(false);
  });
});
