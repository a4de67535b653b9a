import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";

export const validateSarif = await sarifSchema();

interface PublishedSchema {
  readonly $schema: string;
  readonly id: string;
}

/** Of https://github.com/oasis-tcs/sarif-spec, commit e0583813964ec43cea53b6b531b402866095ed1f: sarif-2.1/schema/. */
async function sarifSchema() {
  const path = join(import.meta.dirname, "../../fixtures/sarif/sarif-schema-2.1.0.json");
  const { $schema: _, id, ...schema } = JSON.parse(await readFile(path, "utf8")) as PublishedSchema;
  // Ajv knows drafts from 06 on. This schema is of draft 04, and of what changed since it uses the name of its id alone.
  return new Ajv({ allErrors: true, strict: false, validateFormats: false }).compile({ ...schema, $id: id });
}
