import { describe, expect, test } from "@jest/globals";
import { compile } from "../../../../src/manifest/compile/compile.ts";
import { refusedFile } from "../../../../src/manifest/parse/refused.ts";
import type { KnownProfile } from "../../../../src/model/rules/guardrail-profile.ts";
import { COMPILE_CONTEXT, compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { profileText } from "../../../support/profiles.ts";
import { FILE, KEY } from "./compilation.ts";

const PROFILE = "platform/profile.yaml";
const FUNCTION = { [FILE]: functionText("a") };
const STRICT = profileText("p", "{selector: {namespaces: [orders]}, rules: {ACT-002: block}}");
const UNREADABLE = "spec: {\n";

/** A revision after one that had the profile. */
function after(files: Readonly<Record<string, string>>, known: readonly KnownProfile[] = before()) {
  return compileTexts({ ...FUNCTION, ...files }, { knownProfiles: known });
}

function before(text = STRICT): readonly KnownProfile[] {
  return compileTexts({ ...FUNCTION, [PROFILE]: text }).profiles;
}

describe("a profile that disappears while a document of the platform can't be read", () => {
  test.each([
    { files: { [PROFILE]: UNREADABLE }, because: "its file is no YAML" },
    { files: { [PROFILE]: STRICT.replace("Guardrail", "Gaurdrail") }, because: "its kind is misspelt" },
    {
      files: { [PROFILE]: STRICT.replace("GuardrailProfile", "Waiver") },
      because: "its kind is another one",
    },
    { files: { [PROFILE]: STRICT.replace("v1alpha1", "v9") }, because: "its version does not exist" },
    { files: { [PROFILE]: STRICT.replace("name: p", "name: [p]") }, because: "its name can't be read" },
    { files: { "platform/new.yaml": UNREADABLE }, because: "it may be renamed, and broken" },
    {
      files: { [PROFILE]: profileText("q", "{}"), "platform/new.yaml": UNREADABLE },
      because: "it may be moved, and broken",
    },
  ])("still holds what it selected: $because", ({ files }) => {
    const compilation = after(files);

    expect([...compilation.invalid.keys()]).toContain(KEY);
    expect(compilation.desired.bindings.size).toBe(0);
    expect(compilation.profiles.map(({ name }) => name)).toContain("p");
  });

  test("is reported once, at the document, and named in the reason of each function", () => {
    const compilation = after({ [PROFILE]: UNREADABLE });

    expect(diagnosticTexts(compilation)).toContain(
      "platform/profile.yaml:1:1 GuardrailProfile p was declared before, and this document can't be read: what the profile selects keeps its last applied state → correct the document; then a profile that is really removed no longer applies",
    );
    expect(compilation.invalid.get(KEY)).toMatchObject([
      {
        code: "invalid-profile",
        message:
          "GuardrailProfile p applied here, and is no longer declared; platform/profile.yaml can't be read and may hold it",
        fix: "correct platform/profile.yaml:1:1",
      },
    ]);
  });

  test("affects nothing that it did not select", () => {
    const others = before(profileText("p", "{selector: {namespaces: [search]}}"));

    expect(after({ [PROFILE]: UNREADABLE }, others).invalid).toEqual(new Map());
  });

  test("is still held by the revision after that one", () => {
    const second = after({ [PROFILE]: UNREADABLE });
    const third = after({ [PROFILE]: UNREADABLE }, second.profiles);

    expect([...third.invalid.keys()]).toEqual([KEY]);
  });

  test("applies again when the document is correct, and is gone when it is really removed", () => {
    const broken = after({ [PROFILE]: UNREADABLE });

    expect(after({ [PROFILE]: STRICT }, broken.profiles).desired.profiles).toMatchObject([{ name: "p" }]);
    const removed = after({}, broken.profiles);
    expect([removed.invalid, removed.profiles, diagnosticTexts(removed)]).toEqual([new Map(), [], []]);
  });
});

describe("a profile that is removed while every document of the platform can be read", () => {
  test.each([
    { files: {}, because: "its file is gone" },
    { files: { [PROFILE]: profileText("q", "{}") }, because: "another one is in its place" },
    { files: { "teams/orders/b.yaml": UNREADABLE }, because: "no profile is read from a team's folder" },
    {
      files: { "teams/orders/profile.yaml": STRICT },
      because: "a team cannot hold it either: its document has no effect",
    },
  ])("no longer applies: $because", ({ files }) => {
    expect([...after(files).desired.bindings.keys()]).toEqual([KEY]);
  });
});

test("without an earlier revision no profile is missing", () => {
  expect(after({ [PROFILE]: UNREADABLE }, []).invalid).toEqual(new Map());
  expect(compileTexts({ ...FUNCTION, [PROFILE]: UNREADABLE }).invalid).toEqual(new Map());
});

test("a platform folder that was not read at all may hold every profile", () => {
  const context = { ...COMPILE_CONTEXT, knownProfiles: before(), platformPath: "infra/platform" };
  const profilesWithout = (path: string) =>
    compile([refusedFile({ path, reason: "symlink" }, true)], context).profiles.map(({ name }) => name);

  expect(["infra", "infra/platform", "teams/orders", "infra/plat"].map(profilesWithout)).toEqual([
    ["p"],
    ["p"],
    [],
    [],
  ]);
});
