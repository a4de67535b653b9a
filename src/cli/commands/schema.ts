import { jsonSchema } from "../../manifest/schema/json-schema.ts";
import type { CliCommand } from "../command.ts";

export const schema: CliCommand<object> = {
  name: "schema",
  summary: "print the JSON Schema of the manifests",
  description: "Prints the JSON Schema (2020-12) of every kind of manifest, for editors.",
  examples: [
    ["grantkeeper schema > .grantkeeper.schema.json", "for a comment # yaml-language-server: $schema=…"],
  ],
  define: () => undefined,
  run: async ({ toolbox }) => {
    await toolbox.terminal.out(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
    return 0;
  },
};
