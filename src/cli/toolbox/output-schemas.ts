import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { JsonObject } from "../../model/values/json.ts";

const NAME = "output-schemas.json";

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
  // In a package this file is below dist/src, one folder deeper than in a checkout.
  const near = new URL(`../../../data/${NAME}`, import.meta.url);
  const file = existsSync(near) ? near : new URL(`../../../../data/${NAME}`, import.meta.url);
  return outputSchemas.parse(JSON.parse(await readFile(file, "utf8")));
}
