import { nearestName } from "../../text/nearest-name.ts";
import { describedSchema } from "../../manifest/explained/described-schema.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { readOutputSchemas } from "../../cli/toolbox/output-schemas.ts";
import { structuredText } from "../../cli/screen/print.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";

interface SchemaOptions {
  readonly output?: string;
  readonly list?: true;
}

export const schema: CliCommand<SchemaOptions> = {
  name: "schema",
  summary: "print the JSON Schema of the manifests or of an output",
  description:
    "Prints the JSON Schema (2020-12) of every kind of manifest, for editors. With --output NAME: the schema of what that command prints with `-o json`; --list prints the names.",
  examples: [
    ["grantkeeper schema > .grantkeeper.schema.json", "for a comment # yaml-language-server: $schema=…"],
    ["grantkeeper schema --list", "the names of all outputs"],
    ["grantkeeper schema --output get-bindings", "of `grantkeeper get bindings -o json`"],
  ],
  define: (command) => {
    command
      .option("--output <name>", "of what a command prints with -o json, such as status or audit-verify")
      .option("--list", "print the names that --output takes");
  },
  run: async ({ options: { output, list }, toolbox }) => {
    if (list === true && output !== undefined)
      throw new CliError("--list and --output exclude each other", "leave one of them out");
    if (list === true) return printNames(toolbox);
    const value = output === undefined ? describedSchema() : await outputSchema(output);
    await toolbox.terminal.out(structuredText(value, "json"));
    return 0;
  },
};

async function printNames({ terminal }: Toolbox): Promise<0> {
  const { outputs } = await readOutputSchemas();
  await terminal.out(`${Object.keys(outputs).join("\n")}\n`);
  return 0;
}

/** With the definitions that it refers to, and no others. @throws CliError when there is no such output */
async function outputSchema(name: string): Promise<JsonObject> {
  const { outputs, definitions } = await readOutputSchemas();
  const found = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (found === undefined) {
    const near = nearestName(name, Object.keys(outputs));
    throw new CliError(
      `no output is called "${name}"`,
      near === undefined ? "grantkeeper schema --list" : `did you mean "${near}"?`,
      { code: "NotFound" },
    );
  }
  const used = referencesOf(found, definitions);
  const $defs = Object.fromEntries(Object.entries(definitions).filter(([type]) => used.has(type)));
  const title = `grantkeeper ${name}`;
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title, ...found, $defs };
}

function referencesOf(
  schema: JsonObject,
  definitions: Readonly<Record<string, JsonObject>>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (part: JsonObject): void => {
    for (const [, name = ""] of JSON.stringify(part).matchAll(/"#\/\$defs\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      look(definitions[name] ?? {});
    }
  };
  look(schema);
  return found;
}
