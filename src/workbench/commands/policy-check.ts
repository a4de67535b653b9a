import { checkPolicy, type CheckSetting, type NamedDocument } from "../../iam/check/policy.ts";
import { inTextOrder } from "../../iam/finding.ts";
import { documentSizes } from "../../iam/read/quotas.ts";
import { servicesUsed } from "../../iam/read/services.ts";
import { readStrictly, type StrictReading } from "../../iam/check/grammar/read.ts";
import type { GrammarContext } from "../../iam/check/grammar/unchecked.ts";
import { CliError, type ExitCode } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { repeated } from "../../cli/toolbox/options.ts";
import { addDocumentOptions, contextOf, PolicyReader, type DocumentOptions } from "../policy/policy-files.ts";
import { show } from "../../cli/screen/print.ts";
import { checkLines, checkValue, type CheckedFile } from "../policy/check.ts";

interface CheckOptions extends DocumentOptions {
  readonly managed?: true;
  readonly boundary?: string;
  readonly attached?: readonly string[];
}

export const policyCheck: CliCommand<CheckOptions> = {
  name: "policy check",
  summary: "find problems in policies, and show how to fix them",
  description:
    "Lists all errors and doubtful parts of each document: grammar errors (with AWS's own message if it is known); actions, services and condition keys that AWS does not have; resources that no action takes; operators and values that do not match; wildcards with the actions that they match today; parts without effect; and the used share of the quotas. Documents are checked one by one, together with the policies of --attached and --boundary. Needs no configuration. Exit code 0 no errors (there may be warnings and notes), 2 errors, 3 a document can't be read.",
  examples: [
    ["grantkeeper policy check role.json", "a role's policy"],
    ["grantkeeper policy check --type trust - < trust.json", "a trust policy from standard input"],
    [
      "grantkeeper policy check role.json --attached all.json --boundary limit.json",
      "with the other policies of the role",
    ],
  ],
  define: (command) => {
    addDocumentOptions(command.argument("<file...>", "policy documents; one may be - for standard input"))
      .option("--managed", "check as a managed policy, as a boundary always is")
      .option("--boundary <file>", "the role's permissions boundary")
      .addOption(repeated("--attached <file>", "another policy attached to the role; may be repeated"));
  },
  run: async ({ args: files, options, toolbox }) => {
    refuseCombinations(options);
    const context = { ...contextOf(options, options.type), isManaged: options.managed ?? false };
    const reader = new PolicyReader(toolbox);
    const surrounding = await surroundings(options, reader);
    const read = [];
    for (const file of files) read.push(readFile(await reader.text(file), context));
    const loader = await toolbox.actionData();
    const data = await loader.load(servicesUsed(read.map(({ text }) => text)));
    const checked = read.map((file) => checkedFile(file, { ...surrounding, context, data }));
    await show(
      { value: checkValue(checked), lines: (layout) => checkLines(checked, layout) },
      options.output,
      toolbox,
    );
    return exitCode(checked);
  },
};

function refuseCombinations({ type, managed, boundary, attached }: CheckOptions): void {
  if (type !== "identity" && (boundary !== undefined || attached !== undefined))
    throw new CliError(
      `--boundary and --attached do not apply to a ${type} policy`,
      "they apply to --type identity",
    );
  if (managed === true && (type === "trust" || type === "resource"))
    throw new CliError(`a ${type} policy is never a managed policy`, "omit --managed");
}

async function surroundings(
  options: CheckOptions,
  reader: PolicyReader,
): Promise<Pick<CheckSetting, "boundary" | "attached">> {
  const named = async (file: string, type: "identity" | "boundary"): Promise<NamedDocument> =>
    reader.read(file, contextOf(options, type));
  const attached = [];
  for (const file of options.attached ?? []) attached.push(await named(file, "identity"));
  const { boundary } = options;
  return { attached, boundary: boundary === undefined ? null : await named(boundary, "boundary") };
}

interface FileToCheck {
  readonly name: string;
  readonly text: string;
  readonly reading: StrictReading;
}

function readFile({ name, text }: { name: string; text: string }, context: GrammarContext): FileToCheck {
  return { name, text, reading: readStrictly(text, context) };
}

function checkedFile({ name, reading }: FileToCheck, setting: CheckSetting): CheckedFile {
  if (reading.kind === "unreadable")
    return { file: name, isReadable: false, findings: [reading.finding], sizes: [] };
  const { document, findings } = reading;
  const { dialect, isManaged } = setting.context;
  return {
    file: name,
    isReadable: true,
    findings: inTextOrder([...findings, ...checkPolicy(document, setting)]),
    sizes: documentSizes(document.text, dialect, isManaged),
  };
}

function exitCode(checked: readonly CheckedFile[]): ExitCode {
  if (checked.some(({ isReadable }) => !isReadable)) return 3;
  return checked.some(({ findings }) => findings.some(({ severity }) => severity === "error")) ? 2 : 0;
}
