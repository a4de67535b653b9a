import type { DocumentContext } from "../../iam/document.ts";
import { effectiveSurface, invocationSurface } from "../../iam/compare/surface.ts";
import type { AttachedDocument } from "../../iam/attached-document.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addDocumentOptions, contextOf, PolicyReader, type DocumentOptions } from "../policy/policy-files.ts";
import { show } from "../../cli/screen/print.ts";
import { recordedSurface, surfaceLines } from "../policy/surface.ts";

interface SurfaceOptions extends DocumentOptions {
  readonly boundary?: string;
}

export const policySurface: CliCommand<SurfaceOptions> = {
  name: "policy surface",
  summary: "list everything that policies allow",
  description:
    "Lists everything that the policies of a role allow together, within its boundary, without what is always denied; a permission that a Deny limits in part is shown with that Deny. With --type resource, lists the principals that the policies of a function allow to invoke it. Needs no configuration.",
  examples: [
    [
      "grantkeeper policy surface own.json attached.json --boundary boundary.json",
      "everything that the role may do",
    ],
    [
      "grantkeeper policy surface --type resource function.json",
      "the principals that may invoke the function",
    ],
  ],
  define: (command) => {
    addDocumentOptions(
      command.argument("<file...>", "policy documents; one may be - for standard input"),
    ).option("--boundary <file>", "the role's permissions boundary");
  },
  run: async ({ args: files, options, toolbox }) => {
    const { type, boundary } = options;
    if (type !== "identity" && type !== "resource")
      throw new CliError(`a ${type} policy allows nothing by itself`, "--type is identity or resource here");
    if (type === "resource" && boundary !== undefined)
      throw new CliError("a resource has no boundary", "omit --boundary");
    const reader = new PolicyReader(toolbox);
    const context = contextOf(options, type);
    const documents: AttachedDocument[] = [];
    for (const file of files) documents.push(await attached(reader, file, context));
    const limit =
      boundary === undefined ? null : await attached(reader, boundary, contextOf(options, "boundary"));
    const surface =
      type === "resource"
        ? invocationSurface(documents, context)
        : effectiveSurface({ documents, boundary: limit, context });
    await show(
      { value: recordedSurface(surface), lines: () => surfaceLines(surface) },
      options.output,
      toolbox,
    );
    return 0;
  },
};

async function attached(
  reader: PolicyReader,
  file: string,
  context: DocumentContext,
): Promise<AttachedDocument> {
  const { name, text } = await reader.read(file, context);
  return { from: { kind: "other", name }, text };
}
