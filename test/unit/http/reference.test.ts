import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { FAILURE_CODES } from "../../../src/api/failure.ts";
import { BASE_PATH } from "../../../src/api/group.ts";
import { RESOURCES } from "../../../src/api/resources.ts";

const page = readFileSync(new URL("../../../docs/api.md", import.meta.url), "utf8");

/** The cells of every row that begins with this one. */
function row(first: string): readonly string[] {
  const line = page.split("\n").find((line) => line.startsWith("|") && cells(line)[0] === first);
  return line === undefined ? [] : cells(line);
}

function cells(line: string): readonly string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe("docs/api.md", () => {
  test("names the base path", () => {
    expect(page).toContain(`\`${BASE_PATH}\``);
  });

  test.each(Object.entries(RESOURCES))("describes %s", (name, { kind, namespaced }) => {
    expect(row(`\`${name}\``).slice(1, 3)).toEqual([`\`${kind}\``, namespaced ? "yes" : "no"]);
  });

  test.each(Object.entries(FAILURE_CODES))("explains the failure %s", (reason, code) => {
    expect(row(String(code))[1]).toBe(`\`${reason}\``);
  });
});
