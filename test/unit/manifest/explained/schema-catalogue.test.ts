import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { Ajv, type AnySchemaObject } from "ajv";

// The entry for the catalogue of schemastore.org, compared with the rules that its repository checks.

function json(path: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8"));
}

const ENTRY = json("data/schemastore.json") as Readonly<Record<string, unknown>>;

const ajv = new Ajv({ strict: false, formats: { uri: (text: string) => URL.canParse(text) } });
const isEntry = ajv.compile(json("test/fixtures/schemastore-entry.json") as AnySchemaObject);

test("the entry for the catalogue of schemas obeys the published rules, and matches no other files", () => {
  expect([isEntry(ENTRY), isEntry.errors]).toEqual([true, null]);
  expect(ENTRY["fileMatch"]).toEqual(["*.grantkeeper.yaml", "*.grantkeeper.yml"]);
});

test.each([
  { because: "a required field", change: { description: undefined } },
  { because: "a field that the catalogue does not have", change: { draft: "2020-12" } },
  { because: "a pattern twice", change: { fileMatch: ["*.a.yaml", "*.a.yaml"] } },
  { because: "a folder without **/", change: { fileMatch: ["platform/*.yaml"] } },
  { because: "a full stop at the end", change: { description: "Permissions." } },
  { because: "a name with a space at its end", change: { name: "Grantkeeper " } },
  { because: "the word schema", change: { name: "Grantkeeper Schema" } },
  { because: "two lines", change: { description: "Permissions\nof functions" } },
  { because: "a URL without a scheme", change: { url: "www.schemastore.org/grantkeeper.json" } },
  { because: "a file that is not JSON", change: { url: "https://www.schemastore.org/grantkeeper.yaml" } },
])("the rules of the catalogue refuse an entry: $because", ({ change }) => {
  const entry = JSON.parse(JSON.stringify({ ...ENTRY, ...change })) as unknown;

  expect(isEntry(entry)).toBe(false);
});
