import { describe, expect, test } from "@jest/globals";
import { refusedFile } from "../../../../src/manifest/parse/refused.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";
import { PATH, bytesOf, problems, parse } from "./problems.ts";

describe("files that are not manifests", () => {
  test.each([
    "teams/orders/README.md",
    "teams/CODEOWNERS",
    "teams/orders/.gitkeep",
    "platform/notes.txt",
    "teams/.github",
  ])("such as %s are ignored", (path) => {
    expect(parse(bytesOf("x"), path)).toEqual({
      path,
      readable: true,
      diagnostics: [],
      documents: [],
      parts: 0,
    });
  });

  test.each([
    { path: "teams/orders/a.yam", message: "the file is not read → manifests end in .yaml or .yml" },
    { path: "teams/orders/a.json", message: "the file is not read → manifests end in .yaml or .yml" },
    {
      path: "teams/orders/a.yaml/b.yaml",
      message: "a.yaml is a directory, not a manifest → rename the directory",
    },
  ])("$path: $message", ({ path, message }) => {
    const file = parse(bytesOf("x"), path);

    expect(file.diagnostics.map((diagnostic) => diagnostic.severity)).toEqual(["warning"]);
    expect(problems(file)).toEqual([`${path}:1:1 ${message}`]);
  });

  test.each([
    { path: PATH, reason: "symlink", because: "it is a link to a manifest" },
    { path: "teams/orders", reason: "symlink", because: "a link may be a folder with manifests" },
    { path: "teams/orders/..data", reason: "symlink", because: "a hidden link may be a folder too" },
    { path: "teams/orders/README.md", reason: "submodule", because: "a submodule is a folder" },
    { path: "teams/orders/a.yaml", reason: "too-large", because: "it is a manifest over the size limit" },
    { path: "teams/orders/x\\x0a", reason: "unsafe-name", because: "its name may be any kind of file" },
    { path: "teams/orders", reason: "unreadable", because: "it is a folder without permission" },
  ] as const)("are errors with a fix if the source does not read them: $because", ({ path, reason }) => {
    const file = refusedFile({ path, reason }, false);

    expect(file.readable).toBe(false);
    expect(problems(file)).toEqual([expect.stringMatching(/not read|cannot be read.* → \w/)]);
  });

  test.each([
    { path: "teams/orders/logo.png", reason: "too-large" },
    { path: "teams/orders/logo.png", reason: "lfs-pointer" },
    { path: "teams/orders/README.md", reason: "symlink" },
    { path: "LICENSE", reason: "symlink" },
  ] as const)("are warnings next to manifests: $path, $reason", ({ path, reason }) => {
    const file = refusedFile({ path, reason }, false);

    expect(file.readable).toBe(true);
    expect(file.diagnostics.map(({ severity }) => severity)).toEqual(["warning"]);
  });

  test("are errors if they contained manifests before", () => {
    expect(refusedFile({ path: "teams/orders/README.md", reason: "symlink" }, true).readable).toBe(false);
  });
});

describe("a broken document", () => {
  test.each([
    { broken: 'metadata: {name: "open', because: "an open quote" },
    { broken: "spec: [", because: "an open bracket" },
    { broken: "a: |\n  text\n\tb: 1", because: "a tab after a block" },
    { broken: "kind: Nothing", because: "an unknown kind" },
    { broken: "\u0000", because: "a NUL byte" },
    { broken: "- - - x", because: "a list" },
    { broken: "just text", because: "a text" },
  ])("among three in one file does not affect the other two: $because", ({ broken }) => {
    const compilation = compileTexts({
      [PATH]: `${functionText("first")}---\n${broken}\n---\n${functionText("last")}`,
    });

    expect([...compilation.desired.bindings.values()].map((binding) => binding.name)).toEqual([
      "first",
      "last",
    ]);
    expect(compilation.brokenFiles).toEqual([PATH]);
    expect(compilation.diagnostics[0]?.origin.line).toBeGreaterThanOrEqual(7);
    expect(compilation.diagnostics[0]?.origin.line).toBeLessThanOrEqual(9);
  });

  test("among 1,000 is named with its line, while 999 compile", () => {
    const documents = Array.from({ length: 1000 }, (_, index) => functionText(`f${index}`));
    documents[499] = documents[499]?.replace("regions", "region") ?? "";
    const compilation = compileTexts({ [PATH]: documents.join("---\n") });

    expect(compilation.desired.bindings.size).toBe(999);
    expect(diagnosticTexts(compilation)).toEqual(
      [
        `${PATH}:${499 * 6 + 5}:32 unknown field "region" in spec.targets[0] → did you mean "regions"? Valid fields: accounts, regions`,
      ].sort(),
    );
  });
});
