import { readFileSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseAllDocuments } from "yaml";
import { BASH, compositeSteps } from "./composite-action.ts";
import { PULL_REQUEST, TOKEN, type ForgeServer } from "./forge-server.ts";
import type { Pipeline } from "./pipeline.ts";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const PROGRAM = join(ROOT, "bin/grantkeeper.mjs");
export const ACTION = pathToFileURL(join(ROOT, "actions/review/action.yml"));

type Values = Readonly<Record<string, string>>;

interface Job {
  readonly pipeline: Pipeline;
  readonly forge: ForgeServer;
  /** Those of the action or of the component. */
  readonly inputs?: Values;
  /** Variables of the job, other than those that every job has. */
  readonly env?: Values;
}

/** The last step of the action, as a runner starts it: test/pipelines runs the others too. */
export function runAction(event: object, { pipeline, forge, inputs = {}, env = {} }: Job) {
  const step = compositeSteps(ACTION, { event }, { token: TOKEN, "merge-status": "true", ...inputs }).at(-1);
  return pipeline.run("bash", [...BASH, step?.run ?? ""], {
    ...step?.env,
    GITHUB_ACTION_PATH: join(ROOT, "actions/review"),
    GITHUB_REPOSITORY: "acme/permissions",
    GITHUB_REF: "refs/heads/main",
    GITHUB_API_URL: forge.url,
    GITHUB_STEP_SUMMARY: join(pipeline.folder, "summary"),
    ...env,
  });
}

export function pullRequestEvent(head: string): object {
  return { pull_request: { number: PULL_REQUEST, head: { sha: head }, base: { ref: "main" } } };
}

/** The script of a component of GitLab, as its runner starts it in a merge request pipeline. */
export async function runComponent(
  template: "review" | "review-project",
  { pipeline, forge, inputs = {}, env = {} }: Job,
) {
  const { script, variables } = component(template, { "merge-status": "true", ...inputs });
  return pipeline.run("sh", ["-e", "-c", script], {
    PATH: await pathWithProgram(pipeline),
    ...variables,
    GRANTKEEPER_FORGE_TOKEN: TOKEN,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    CI_MERGE_REQUEST_IID: String(PULL_REQUEST),
    CI_PROJECT_DIR: pipeline.checkout,
    CI_PROJECT_PATH: "acme/permissions",
    CI_API_V4_URL: forge.url,
    CI_COMMIT_SHA: forge.pullRequest.head,
    ...env,
  });
}

/** The programs of the image. */
async function pathWithProgram({ folder }: Pipeline): Promise<string> {
  const program = join(folder, "grantkeeper");
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  await chmod(program, 0o755);
  return `${folder}${delimiter}${process.env["PATH"] ?? ""}`;
}

export async function codeQualityReport({ checkout }: Pipeline): Promise<unknown> {
  return JSON.parse(await readFile(join(checkout, "gl-code-quality-report.json"), "utf8")) as unknown;
}

interface Component {
  readonly "grantkeeper-review": {
    readonly script: readonly string[];
    readonly variables: Readonly<Record<string, string | boolean>>;
  };
}

export class RefusedInput extends Error {
  override readonly name = "RefusedInput";

  constructor(input: string) {
    super(`${input} does not match the expression that the component requires`);
  }
}

interface Declared {
  readonly spec: { readonly inputs: Readonly<Record<string, DeclaredInput>> };
}

interface DeclaredInput {
  readonly default?: string | boolean;
  readonly regex?: string;
}

/**
 * The job that GitLab makes of a component with these inputs: the lines of its script run in one shell.
 * @throws RefusedInput for one that does not match the expression of the component: GitLab starts no pipeline
 */
export function component(template: "review" | "review-project", inputs: Values) {
  const file = readFileSync(join(ROOT, "templates", `${template}.yml`), "utf8");
  const { inputs: declared } = (documentIn(file, 0) as Declared).spec;
  const refused = Object.entries(inputs).find(
    ([name, value]) => !new RegExp(declared[name]?.regex ?? "", "u").test(value),
  );
  if (refused !== undefined) throw new RefusedInput(refused[0]);
  // As GitLab does: in the text, before the YAML of the job is read.
  const text = file.replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) =>
    String(inputs[name] ?? declared[name]?.default ?? "unset"),
  );
  const { script, variables } = (documentIn(text, 1) as Component)["grantkeeper-review"];
  const texts = Object.entries(variables).map(([name, value]) => [name, String(value)] as const);
  return { script: script.join("\n"), variables: Object.fromEntries(texts) };
}

function documentIn(file: string, at: number): unknown {
  return parseAllDocuments(file)[at]?.toJS();
}
