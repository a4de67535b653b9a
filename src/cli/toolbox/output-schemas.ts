import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { JsonObject } from "../../model/values/json.ts";

const schemasByName = z.record(
  z.string(),
  z.custom<JsonObject>((value) => typeof value === "object"),
);
const outputSchemas = z.object({ outputs: schemasByName, definitions: schemasByName });

/**
 * Reads the schema of every output, and the definitions that the schemas refer to. tools/write-docs.ts generates the
 * file from the types in outputs.ts.
 */
export async function readOutputSchemas(): Promise<z.infer<typeof outputSchemas>> {
  const file = new URL(import.meta.resolve("#data/output-schemas.json"));
  return outputSchemas.parse(JSON.parse(await readFile(file, "utf8")));
}
