import { show } from "../../cli/screen/print.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addOutput, type OutputOptions } from "../../cli/toolbox/options.ts";
import { explained, type Explanation } from "../../manifest/explained/explain.ts";
import { fieldScreen, kindsScreen, kindsValue } from "./screen.ts";

export const explain: CliCommand<OutputOptions> = {
  name: "explain",
  summary: "explain a field of the manifests: type, meaning and exact actions",
  description:
    "Explains a field of the manifests: its type, its meaning, the allowed values, the exact actions of a grant's verbs, and an example. FIELD is a kind and the names of fields, as in binding.spec.grants.dynamodb. Without FIELD: all kinds.",
  examples: [
    ["grantkeeper explain", "all kinds"],
    ["grantkeeper explain binding.spec", "the fields of a FunctionPermission"],
    ["grantkeeper explain binding.spec.grants.dynamodb", "a grant, with the actions of its verbs"],
    ["grantkeeper explain account.spec.revert.other", "one field of an AwsAccount"],
  ],
  define: (command) => {
    addOutput(command.argument("[field]", "a kind and names of fields, such as team.spec.shares"));
  },
  run: async ({ args, options: { output }, toolbox }) => {
    const [text] = args;
    if (text === undefined) return show({ value: kindsValue(), lines: kindsScreen }, output, toolbox);
    const answer = explained(text);
    if (answer.kind === "unknown") throw unknownField(answer);
    return show(
      { value: answer.field, lines: (layout) => fieldScreen(answer.field, layout) },
      output,
      toolbox,
    );
  },
};

function unknownField({ part, within, near, known }: Extract<Explanation, { kind: "unknown" }>): CliError {
  const message = within === "" ? `no kind is called "${part}"` : `${within} has no field "${part}"`;
  const none = `${within} has no fields: grantkeeper explain ${within}`;
  const hint =
    near !== undefined
      ? `did you mean "${near}"?`
      : known.length === 0
        ? none
        : `valid values: ${known.join(", ")}`;
  return new CliError(message, hint, { code: "NotFound" });
}
