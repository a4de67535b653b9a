import { describe, expect, test } from "@jest/globals";
import { declaredPaths, isLfsPointer, isSafePath } from "../../../src/source/entry-rules.ts";

test.each([
  { path: "teams/orders/api.yaml", isSafe: true, because: "it is the usual" },
  { path: "teams/-x --y.yaml", isSafe: true, because: "no path is ever an argument" },
  { path: "teams/übung.yaml", isSafe: true, because: "letters are letters" },
  { path: "teams/.gitignore", isSafe: true, because: "only .git itself is git's" },
  { path: "/etc/passwd", isSafe: false, because: "it begins outside" },
  { path: "teams/../x", isSafe: false, because: "it climbs" },
  { path: "teams/./x", isSafe: false, because: "two names for one file" },
  { path: "teams//x", isSafe: false, because: "two names for one file" },
  { path: "teams/.git/config", isSafe: false, because: "it is git's folder" },
  { path: "teams/.GIT/config", isSafe: false, because: "it is git's folder where case does not count" },
  { path: "teams/git~1/config", isSafe: false, because: "it is git's folder by its short name" },
  { path: "teams/.git. /config", isSafe: false, because: "it is git's folder where the end does not count" },
  { path: "teams\\x", isSafe: false, because: "it is a folder elsewhere" },
  { path: "teams/\ufffd.yaml", isSafe: false, because: "its bytes were no UTF-8" },
  { path: "teams/a\u0000b", isSafe: false, because: "NUL" },
])("$path safe: $isSafe, $because", ({ path, isSafe }) => {
  expect(isSafePath(path)).toBe(isSafe);
});

test.each([
  {
    text: "version https://git-lfs.github.com/spec/v1\noid sha256:…\n",
    isPointer: true,
    because: "git-lfs writes so",
  },
  {
    text: "version https://hawser.github.com/spec/v1\noid …\n",
    isPointer: true,
    because: "its first name was hawser",
  },
  {
    text: "# version https://git-lfs.github.com/spec/v1\n",
    isPointer: false,
    because: "a comment is no pointer",
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
    { paths: ["platform", "teams"], roots: ["platform", "teams"], because: "they are apart" },
    { paths: ["./platform", "teams/"], roots: ["platform", "teams"], because: "spelling does not count" },
    { paths: ["x", "x"], roots: ["x"], because: "one path is read once" },
    { paths: ["x/teams", "x"], roots: ["x"], because: "a file is read once" },
    { paths: ["x", "xy"], roots: ["x", "xy"], because: "a common beginning is no folder" },
    { paths: [".", "teams"], roots: ["."], because: "everything contains the rest" },
    { paths: ["", "teams"], roots: ["."], because: "nothing said is everything" },
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
