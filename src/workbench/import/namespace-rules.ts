import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { NamespaceRule, NamespaceTest } from "../../adopt/manifests/namespaces.ts";
import { CliError, unreadableFile } from "../../cli/toolbox/cli-error.ts";
import { parseNamespace, type Namespace } from "../../model/aws/ids.ts";
import { formatPath } from "../../text/located/value-path.ts";
import { chunksOf, tokensOf } from "../../text/yaml/chunks.ts";
import { readYamlDocument } from "../../text/yaml/document.ts";

const text = z.string().min(1);
const namespace = text
  .refine((name) => parseNamespace(name) !== undefined, "it is not a namespace name")
  .transform((name) => name as Namespace);

/** One test each; only the value of a tag can be the namespace itself. */
const rule = z.union([
  z.strictObject({ tag: text, value: text.optional(), namespace: namespace.optional() }),
  z.strictObject({ function: text, namespace }),
  z.strictObject({ prefix: text, namespace }),
  z.strictObject({ stack: text, namespace }),
  z.strictObject({ terraform: text, namespace }),
]);

const rulesFile = z.strictObject({ rules: z.array(rule).min(1) });

const FORM =
  "rules: a list of {tag: team}, {function: orders-api, namespace: orders}, {prefix: …}, {stack: …} or {terraform: module.orders}";

interface NamespaceOptions {
  readonly namespace?: string;
  readonly namespaceRules?: string;
  readonly terraformState?: readonly string[];
}

/** The rules of --namespace-rules, or all functions for --namespace. @throws CliError */
export async function namespaceRules(options: NamespaceOptions): Promise<readonly NamespaceRule[]> {
  const { namespace: name, namespaceRules: file } = options;
  if (name !== undefined && file !== undefined)
    throw new CliError("--namespace and --namespace-rules exclude each other", "leave one of them out");
  if (file !== undefined) return rulesFor(await readRules(file), options);
  if (name === undefined)
    throw new CliError(
      "import needs to know the namespaces of the functions",
      "--namespace NAME for one team, or --namespace-rules FILE",
    );
  const parsed = parseNamespace(name);
  if (parsed === undefined) throw new CliError(`--namespace "${name}" is not a namespace name`, null);
  return [{ test: { kind: "prefix", prefix: "" }, namespace: parsed }];
}

function rulesFor(
  rules: readonly NamespaceRule[],
  { terraformState, namespaceRules: file = "" }: NamespaceOptions,
): readonly NamespaceRule[] {
  if (terraformState !== undefined || rules.every(({ test }) => test.kind !== "terraform")) return rules;
  throw new CliError(
    `${file} has a rule for addresses of Terraform, and no state is named`,
    "--terraform-state FILE, which may be repeated",
  );
}

async function readRules(file: string): Promise<readonly NamespaceRule[]> {
  const content = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadableFile(file, cause, FORM);
  });
  const [chunk] = chunksOf(content);
  if (chunk === undefined) throw new CliError(`${file} is empty`, FORM);
  const { value, diagnostics } = readYamlDocument(file, { ...chunk, tokens: tokensOf(chunk.text) }, 8);
  const [problem] = diagnostics;
  if (problem !== undefined)
    throw new CliError(problem.message, problem.fix, {
      place: `${file}:${problem.origin.line}:${problem.origin.column}`,
    });
  const checked = rulesFile.safeParse(value);
  if (checked.success)
    return checked.data.rules.map((one) => ({ test: testOf(one), namespace: one.namespace ?? null }));
  const [issue] = checked.error.issues;
  const path = issue === undefined ? "" : formatPath(issue.path);
  throw new CliError(`${path === "" ? "the file" : path} is not as expected`, FORM, { place: file });
}

function testOf(one: z.infer<typeof rule>): NamespaceTest {
  if ("tag" in one) return { kind: "tag", key: one.tag, value: one.value ?? null };
  if ("function" in one) return { kind: "function", name: one.function };
  if ("prefix" in one) return { kind: "prefix", prefix: one.prefix };
  if ("terraform" in one) return { kind: "terraform", address: one.terraform };
  return { kind: "stack", stack: one.stack };
}
