import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";

const ROOT = join(import.meta.dirname, "../../..");
const FOLDERS = [
  ".",
  "docs",
  "docs/decisions",
  "manifests",
  "src",
  "src/model",
  "src/source",
  "src/simulator",
];
const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

/** The anchor that forges give a heading: lower case, without punctuation, dashes for spaces. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}

function anchorsOf(file: string): ReadonlySet<string> {
  const text = readFileSync(file, "utf8").replace(/^```[^]*?^```/gm, "");
  return new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
}

function leadsNowhere(from: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? from : join(dirname(from), path);
  if (!existsSync(file)) return true;
  return anchor !== undefined && !anchorsOf(file).has(anchor);
}

describe.each(FILES)("%s", (name) => {
  test("has no broken link within the repository", () => {
    const file = join(ROOT, name);
    const links = [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:)([^)\s]+)\)/g)];

    const wrong = links.map(([, link = ""]) => link).filter((link) => leadsNowhere(file, link));

    expect(wrong.map((link) => `${relative(ROOT, file)}: ${link}`)).toEqual([]);
  });
});
