import { permissionDelta, type RolePermissions } from "../../iam/delta.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { compareDocuments } from "../../iam/equivalence.ts";
import { CliError } from "../cli-error.ts";
import type { CliCommand } from "../command.ts";
import { compareLines } from "../policy-batch.ts";
import {
  addDocumentOptions,
  contextOf,
  PolicyReader,
  type DocumentOptions,
  type PolicyFile,
} from "../policy-files.ts";
import { show } from "../print.ts";
import { diffLines } from "../render/policy.ts";

interface DiffOptions extends DocumentOptions {
  readonly batch?: string;
}

export const policyDiff: CliCommand<DiffOptions> = {
  name: "policy diff",
  summary: "compare two policies by meaning",
  description:
    "Says how far two documents are apart: equal, metadata (Sid or Id), meaning (written otherwise, allowing the same) or security, and then what B newly allows and no longer allows. Needs no configuration. Exit code 0 for all but security, 2 for security, 1 for an error. With --batch it compares the pairs of a file, one JSON object a line with a and b (documents as strings), type, and optionally account and partition; it prints one line each, and exits with 0 when it came to the end.",
  examples: [
    ["grantkeeper policy diff old.json new.json", "two versions of a role's policy"],
    [
      "grantkeeper policy diff --type trust --account 111122223333 old.json -",
      "a trust policy from standard input",
    ],
    ["grantkeeper policy diff --batch pairs.jsonl", "many pairs"],
  ],
  define: (command) => {
    addDocumentOptions(
      command
        .argument("[a]", "a policy document, or - for standard input")
        .argument("[b]", "the other one")
        .option("--batch <file>", "compare the pairs of this file, or - for standard input"),
    );
  },
  run: async ({ args: [a, b], options, toolbox }) => {
    if (options.batch !== undefined) {
      if (a !== undefined) throw new CliError("--batch takes no documents beside it", null);
      await compareLines(options.batch, toolbox);
      return 0;
    }
    if (a === undefined || b === undefined)
      throw new CliError("policy diff needs two documents", "name two files, one of them may be -");
    const context = contextOf(options, options.type);
    const reader = new PolicyReader(toolbox);
    const [before, after] = [await reader.read(a, context), await reader.read(b, context)];
    const tier = compareDocuments(before.text, after.text, context);
    const delta = permissionDelta(alone(before, context), alone(after, context));
    await show({ value: { tier, ...delta }, lines: () => diffLines(tier, delta) }, options.output, toolbox);
    return tier === "security" ? 2 : 0;
  },
};

function alone({ name, text }: PolicyFile, context: DocumentContext): RolePermissions {
  return { documents: [{ from: name, text }], boundary: null, context };
}
