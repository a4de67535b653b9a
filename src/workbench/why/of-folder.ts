import { posix } from "node:path";
import { whyAnswer } from "../../explain/why/case.ts";
import type { FixInputs } from "../../explain/why/fix.ts";
import { servicesFor } from "../../explain/why/services.ts";
import { complete } from "../../model/values/steps.ts";
import type { WhyAnswer } from "../../model/answers/why.ts";
import { shippedPoliciesOf } from "../project/findings.ts";
import { compileContext, projectSettings, loadDirectory } from "../project/project.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { questionsOf, type AskOptions } from "./questions.ts";
import { readLiveInputs, type LiveAnswerOptions } from "./live.ts";

export interface FolderWhyOptions extends LiveAnswerOptions, AskOptions {
  readonly dir: string;
}

/** The answers from the manifests of a folder and, if requested, from AWS or a saved state. @throws CliError, AwsError */
export async function answersOfFolder(
  args: readonly string[],
  options: FolderWhyOptions,
  toolbox: Toolbox,
): Promise<readonly WhyAnswer[]> {
  const settings = await projectSettings(options, toolbox);
  const project = await loadDirectory(options.dir, settings, toolbox);
  const questions = await questionsOf(args, options, { project, toolbox });
  const { desired } = project.compilation;
  const services = questions.flatMap(({ question }) =>
    servicesFor(question.binding, question.action, desired),
  );
  const actionData = await (await toolbox.actionData()).load([...new Set(services)].sort());
  const shipped = await shippedPoliciesOf([desired], toolbox);
  const compile = compileContext(project.snapshot, settings, toolbox);
  const known = {
    files: project.files,
    desired,
    compile,
    actionData,
    shipped,
    fileName: (path: string) => posix.join(options.dir, path),
    awsText: NOT_READ,
  };
  const isLiveAsked = options.live === true || options.liveFile !== undefined;
  const answers: WhyAnswer[] = [];
  for (const { question, reported } of questions) {
    const live = isLiveAsked ? await readLiveInputs(question.binding, { project, toolbox }, options) : null;
    const context: FixInputs = { ...known, nowMs: toolbox.clock.nowMs() };
    answers.push(complete(whyAnswer({ question, reported, live, notDeclared: null }, context)));
  }
  return answers;
}

const NOT_READ = (): undefined => undefined;
