import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { COMMANDS } from "../../../src/compose/commands.ts";
import { cli } from "../../support/screens/cli.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** The page of commands is the commands' own help. */
const pages = ["", "operations/"].flatMap((folder) =>
  readdirSync(join(ROOT, "docs", folder))
    .filter((name) => name.endsWith(".md") && name !== "cli.md")
    .map((name) => `${folder}${name}`),
);
const FILES = [
  "README.md",
  "manifests/README.md",
  "examples/local.yaml",
  "examples/production.yaml",
  ...pages.map((name) => `docs/${name}`),
];

/** Every command line: alone on its line (also in a comment or after a prompt), or as code in a sentence. */
function commandLines(text: string): readonly string[] {
  const alone = text.matchAll(/^[ #$]*(?:npx )?grantkeeper ([a-z].*)$/gm);
  const inline = text.matchAll(/`(?:npx )?grantkeeper ([a-z][^`]*)`/g);
  return [...alone, ...inline].map(([, line = ""]) => line.replace(/\s{3,}.*|\s+#.*|"[^"]*"/g, ""));
}

const commandOf = (line: string): string | undefined =>
  COMMANDS.map(({ name }) => name).find((name) => line === name || line.startsWith(`${name} `));

const optionsIn = (text: string): readonly string[] => text.match(/(?<=\s)--?[a-z][\w-]*/gi) ?? [];

describe.each(FILES)("%s", (file) => {
  const lines = commandLines(readFileSync(join(ROOT, file), "utf8"));

  test("names only commands and options that exist", async () => {
    const wrong: string[] = [];
    for (const line of lines) {
      const name = commandOf(line);
      const help = name === undefined ? "" : (await cli([...name.split(" "), "--help"])).out;
      const known = new Set(optionsIn(help));
      if (name === undefined || optionsIn(line).some((option) => !known.has(option))) wrong.push(line);
    }

    expect(wrong).toEqual([]);
  });
});

test("command lines are found in the README", () => {
  expect(commandLines(readFileSync(join(ROOT, "README.md"), "utf8")).length).toBeGreaterThan(10);
});
