import { describe, expect, test } from "@jest/globals";
import { declaredPaths, isLfsPointer, isSafePath } from "../../../src/source/rules/entry-rules.ts";

test.each([
  { path: "teams/orders/api.yaml", isSafe: true, because: "it is a usual path" },
  { path: "teams/-x --y.yaml", isSafe: true, because: "no path is ever passed as an argument" },
  { path: "teams/übung.yaml", isSafe: true, because: "letters of any alphabet are allowed" },
  { path: "teams/.gitignore", isSafe: true, because: "only .git itself belongs to git" },
  { path: "/etc/passwd", isSafe: false, because: "it is an absolute path" },
  { path: "teams/../x", isSafe: false, because: "it leads to a parent folder" },
  { path: "teams/./x", isSafe: false, because: "one file would have two names" },
  { path: "teams//x", isSafe: false, because: "one file would have two names" },
  { path: "teams/.git/config", isSafe: false, because: "it is git's folder" },
  { path: "teams/.GIT/config", isSafe: false, because: "it is git's folder where case does not count" },
  { path: "teams/git~1/config", isSafe: false, because: "it is git's folder by its short name" },
  { path: "teams/.git. /config", isSafe: false, because: "it is git's folder where the end does not count" },
  { path: "teams\\x", isSafe: false, because: "it is a folder on other systems" },
  { path: "teams/\ufffd.yaml", isSafe: false, because: "its bytes were not UTF-8" },
  { path: "teams/a\u0000b", isSafe: false, because: "it contains NUL" },
])("$path safe: $isSafe, $because", ({ path, isSafe }) => {
  expect(isSafePath(path)).toBe(isSafe);
});

test.each([
  {
    text: "version https://git-lfs.github.com/spec/v1\noid sha256:…\n",
    isPointer: true,
    because: "git-lfs writes this text",
  },
  {
    text: "version https://hawser.github.com/spec/v1\noid …\n",
    isPointer: true,
    because: "git-lfs was first named hawser",
  },
  {
    text: "# version https://git-lfs.github.com/spec/v1\n",
    isPointer: false,
    because: "a comment is not a pointer",
  },
  {
    text: `version https://git-lfs.github.com/spec/v1\n${"x".repeat(1_100)}`,
    isPointer: false,
    because: "a pointer is short",
  },
])("a pointer: $isPointer, $because", ({ text, isPointer }) => {
  expect(isLfsPointer(Buffer.from(text))).toBe(isPointer);
});

describe("declared paths", () => {
  test.each([
    { paths: ["platform", "teams"], roots: ["platform", "teams"], because: "they are separate folders" },
    {
      paths: ["./platform", "teams/"],
      roots: ["platform", "teams"],
      because: "different spellings are one path",
    },
    { paths: ["x", "x"], roots: ["x"], because: "one path is read once" },
    { paths: ["x/teams", "x"], roots: ["x"], because: "a file is read once" },
    { paths: ["x", "xy"], roots: ["x", "xy"], because: "a common prefix of names is not a folder" },
    { paths: [".", "teams"], roots: ["."], because: "the top folder contains the other path" },
    { paths: ["", "teams"], roots: ["."], because: "an empty path means everything" },
  ])("$paths are $roots: $because", ({ paths: [platformPath = "", tenantPath = ""], roots }) => {
    expect(declaredPaths("main", { platformPath, tenantPath }).roots).toEqual(roots);
  });

  test.each([{ path: "../x" }, { path: "/x" }, { path: "x/../y" }, { path: "a\nb" }])(
    "$path is refused",
    ({ path }) => {
      expect(() => declaredPaths("main", { platformPath: "platform", tenantPath: path })).toThrow(
        expect.objectContaining({ code: "refused-path" }),
      );
    },
  );
});
