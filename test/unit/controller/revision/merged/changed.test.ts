import { describe, expect, test } from "@jest/globals";
import { unknownAuthors } from "../../../../../src/model/authors.ts";
import {
  changedByRevision,
  type ChangedByRevision,
  type RevisionChange,
} from "../../../../../src/controller/revision/merged/changed.ts";
import type { EnforcedState } from "../../../../../src/controller/state/controller-state.ts";
import { complete } from "../../../../../src/model/values/steps.ts";
import { SETTINGS } from "../../../../support/fakes/fake-controller.ts";
import { compileTexts } from "../../../../support/manifests.ts";
import { profileText } from "../../../../support/profiles.ts";
import { KEY } from "./merged-scene.ts";
import { FILES, NEXT } from "../shown-commits.ts";

const BROKEN = "kind: Nothing\n";

function stateOf(files: Readonly<Record<string, string>>): EnforcedState {
  return { compilation: compileTexts(files), brokenFileKeys: new Map() } as unknown as EnforcedState;
}

/** @param paths the files that differ */
function changed(
  before: Readonly<Record<string, string>> | null,
  after: Readonly<Record<string, string>>,
  paths: readonly string[] = [],
): ChangedByRevision {
  const authors = unknownAuthors("a test", []);
  const change: RevisionChange = {
    before: before === null ? null : stateOf(before),
    after: stateOf(after),
    namespace: null,
    files: { kind: "read", byFile: new Map(paths.map((path) => [path, authors])) },
    recorded: {},
    compile: SETTINGS.compile,
  };
  return complete(changedByRevision(change));
}

describe("a revision changes a function", () => {
  const ACCOUNT = "platform/accounts.yaml";

  test.each<{ after: Readonly<Record<string, string>>; because: string }>([
    { after: NEXT, because: "its manifest is another one" },
    {
      after: { ...FILES, "platform/p.yaml": profileText("p", "{approval: {for: new-access}}") },
      because: "a profile decides about it",
    },
    {
      after: { ...FILES, [ACCOUNT]: (FILES[ACCOUNT] ?? "").replace("[cost-center]", "[cost-center, team]") },
      because: "its account is another one",
    },
  ])("if $because", ({ after }) => {
    expect(changed(FILES, after)).toMatchObject({ keys: expect.arrayContaining([KEY]), isExact: true });
  });

  test.each(["teams/orders/a.yaml", ACCOUNT])(
    "perhaps, without the revision before, if %s differs",
    (path) => {
      expect(changed(null, FILES, [path])).toMatchObject({
        keys: expect.arrayContaining([KEY]),
        isExact: false,
      });
    },
  );

  test("not, if nothing but another file differs", () => {
    expect(changed(FILES, { ...FILES, "README.md": "more" }).keys).toEqual([]);
    expect(changed(null, FILES, ["teams/orders/b.yaml"]).keys).toEqual([]);
  });
});

describe("of the errors of a revision, those are new", () => {
  const after = { ...FILES, "teams/orders/y.yaml": BROKEN, "teams/orders/z.yaml": BROKEN };

  test("that the revision before did not have", () => {
    const before = { ...FILES, "teams/orders/y.yaml": BROKEN };

    expect(changed(before, after).errors).toEqual([expect.stringContaining("teams/orders/z.yaml:1: ")]);
  });

  test("that are in files that differ, without the revision before", () => {
    const { errors } = changed(null, after, ["teams/orders/z.yaml"]);

    expect(errors).toEqual([expect.stringContaining("teams/orders/z.yaml:1: ")]);
  });
});
