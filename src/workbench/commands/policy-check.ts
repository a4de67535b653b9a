import { checkPolicy, type CheckSetting, type NamedDocument } from "../../iam/check/policy.ts";
import { inTextOrder } from "../../iam/finding.ts";
import { documentSizes } from "../../iam/read/quotas.ts";
import { servicesUsed } from "../../iam/read/services.ts";
import { readStrictly, type StrictReading } from "../../iam/check/grammar/read.ts";
import type { WrittenContext } from "../../iam/check/grammar/written.ts";
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
  summary: "tell what is wrong with policies, and how to fix it",
  description:
    "Says of each document all that is wrong or doubtful in it at once: where it breaks the grammar (with AWS's own message where it is known), actions, services and condition keys that AWS does not have, resources that no action takes, operators and values that don't fit, wildcards with what they are today, parts that take no effect or add nothing, and how much of the quotas it takes. Each document is looked at by itself, beside what --attached and --boundary name. Needs no configuration. Exit code 0 nothing is wrong (there may be warnings and notes), 2 something is, 3 a document can't be read.",
  examples: [
    ["grantkeeper policy check role.json", "a role's policy"],
    ["grantkeeper policy check --type trust - < trust.json", "a trust policy from standard input"],
    [
      "grantkeeper policy check role.json --attached shared.json --boundary boundary.json",
      "with what stands on the same role",
    ],
  ],
  define: (command) => {
    addDocumentOptions(command.argument("<file...>", "policy documents; one may be - for standard input"))
      .option("--managed", "it becomes a managed policy, as a boundary always does")
      .option("--boundary <file>", "the role's permissions boundary")
      .addOption(repeated("--attached <file>", "a policy that stands on the same role; again for more"));
  },
  run: async ({ args: files, options, toolbox }) => {
    refuseWhatDoesNotGo(options);
    const context = { ...contextOf(options, options.type), isManaged: options.managed ?? false };
    const reader = new PolicyReader(toolbox);
    const beside = await surroundings(options, reader);
    const read = [];
    for (const file of files) read.push(readFile(await reader.text(file), context));
    const loader = await toolbox.actionData();
    const data = await loader.load(servicesUsed(read.map(({ text }) => text)));
    const checked = read.map((file) => checkedFile(file, { ...beside, context, data }));
    await show(
      { value: checkValue(checked), lines: (layout) => checkLines(checked, layout) },
      options.output,
      toolbox,
    );
    return exitCode(checked);
  },
};

function refuseWhatDoesNotGo({ type, managed, boundary, attached }: CheckOptions): void {
  if (type !== "identity" && (boundary !== undefined || attached !== undefined))
    throw new CliError(
      `a ${type} policy has nothing beside it`,
      "--boundary and --attached go with --type identity",
    );
  if (managed === true && (type === "trust" || type === "resource"))
    throw new CliError(`a ${type} policy is never a managed one`, "leave --managed out");
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

interface ReadFile {
  readonly name: string;
  readonly text: string;
  readonly reading: StrictReading;
}

function readFile({ name, text }: { name: string; text: string }, context: WrittenContext): ReadFile {
  return { name, text, reading: readStrictly(text, context) };
}

function checkedFile({ name, reading }: ReadFile, setting: CheckSetting): CheckedFile {
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
