import { readFileSync } from "node:fs";

/** The text of a page of docs/ below a heading, down to the next one. */
export function sectionOf(page: string, heading: string): string {
  const text = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), "utf8");
  const [, rest] = text.split(`\n## ${heading}\n`);
  if (rest === undefined) throw new Error(`docs/${page} has no heading "${heading}"`);
  return rest.split("\n## ")[0] ?? "";
}

/** The code blocks in one of these languages. */
function blocksIn(section: string, ...languages: readonly string[]): readonly string[] {
  return [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, language = ""]) => languages.includes(language))
    .map(([, , body = ""]) => body);
}

/** One a line; comments are left out. */
export function commandsIn(section: string): readonly string[] {
  return blocksIn(section, "sh")
    .flatMap((text) => text.split("\n"))
    .map((line) => line.replace(/\s+# .*$/, "").trim())
    .filter((line) => line !== "");
}

/** The ARNs of roles in a tool's own file, in their order. */
export function roleArnsIn(section: string): readonly string[] {
  return blocksIn(section, "yaml", "ts", "hcl").flatMap(
    (text) => text.match(/arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+/g) ?? [],
  );
}

/** The files that a section shows whole, by the path in the comment of their first line. */
export function filesIn(section: string): ReadonlyMap<string, string> {
  return new Map(
    blocksIn(section, "yaml").flatMap((text) => {
      const [, path] = /^# (permissions\/\S+)\n/.exec(text) ?? [];
      return path === undefined ? [] : [[path, text] as const];
    }),
  );
}

/** The lines of output that a section shows, one after the other. */
export function outputIn(section: string): string {
  return blocksIn(section, "text").join("");
}
