import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

interface Step {
  readonly name: string;
  readonly shell: string;
  readonly run: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A step of an action, as a runner of GitHub starts it. */
interface RunStep {
  readonly name: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The arguments of `shell: bash`. @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
export const BASH = ["--noprofile", "--norc", "-eo", "pipefail", "-c"] as const;

/**
 * The steps of a composite action. Its expressions are paths and `||`; a runner knows more.
 * @param github the context `github`, such as the event
 * @param inputs the fields of `with`
 */
export function compositeSteps(
  file: URL,
  github: object,
  inputs: Readonly<Record<string, string>>,
): readonly RunStep[] {
  const { inputs: declared, runs } = parse(readFileSync(file, "utf8")) as Action;
  const missing = Object.keys(inputs).filter((name) => !Object.hasOwn(declared, name));
  if (missing.length > 0) throw new Error(`the action has no input ${missing.join(", ")}`);
  const given = Object.entries(declared).map(([name, { default: text = "" }]) => [
    name,
    inputs[name] ?? expanded(text, { github }),
  ]);
  const contexts = { github, inputs: Object.fromEntries(given) as object };
  return runs.steps.map(({ name, shell, run, env = {} }) => {
    if (shell !== "bash") throw new Error(`the step "${name}" is not run by bash`);
    const variables = Object.entries(env).map(([key, text]) => [key, expanded(text, contexts)]);
    return { name, run: expanded(run, contexts), env: Object.fromEntries(variables) };
  });
}

function expanded(text: string, contexts: object): string {
  return text.replaceAll(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const texts = expression.split(" || ").map((path) => textAt(path, contexts));
    return texts.find((found) => found !== "") ?? "";
  });
}

/** Empty: there is none. */
function textAt(path: string, contexts: object): string {
  if (!/^[\w-]+(?:\.[\w-]+)+$/.test(path)) throw new Error(`the expression ${path} is not read`);
  let value: unknown = contexts;
  for (const name of path.split("."))
    value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
