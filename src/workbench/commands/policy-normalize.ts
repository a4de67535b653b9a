import { normalText } from "../../iam/read/print.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addDocumentOptions, contextOf, PolicyReader, type DocumentOptions } from "../policy/policy-files.ts";
import { show } from "../../cli/screen/print.ts";

export const policyNormalize: CliCommand<DocumentOptions> = {
  name: "policy normalize",
  summary: "print a policy in normal form",
  description:
    "Prints the document in the form in which Grantkeeper compares it: lists sorted, each member once, actions and condition keys in lower case, values as strings. Documents with the same normal form are equal. Needs no configuration.",
  examples: [
    ["grantkeeper policy normalize role.json", "a role's policy"],
    ["grantkeeper policy normalize --type trust - < trust.json", "a trust policy from standard input"],
  ],
  define: (command) => {
    addDocumentOptions(command.argument("<file>", "a policy document, or - for standard input"));
  },
  run: async ({ args: [file = "-"], options, toolbox }) => {
    const { document } = await new PolicyReader(toolbox).read(file, contextOf(options, options.type));
    const value: unknown = JSON.parse(normalText(document));
    await show({ value, lines: () => [] }, options.output === "yaml" ? "yaml" : "json", toolbox);
    return 0;
  },
};
