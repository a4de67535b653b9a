import type { WhyQuestion } from "../../api/why.ts";
import type { WhyAnswer } from "../../model/answers/why.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { ApiClient } from "../../cli/client/client.ts";
import { connect } from "../../cli/client/connect.ts";
import { knownBindings } from "../../cli/client/known-bindings.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import { contextValues } from "../policy/request-context.ts";
import { targetText } from "../../model/keys/target-text.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { questionParts, readReports, type AskOptions } from "./asked.ts";

export interface ControllerWhyOptions extends AskOptions, ConfigOptions {
  /** true: the address of the environment or of the operator's file. */
  readonly server: string | true;
}

/** By the accepted revision and what the controller last read in AWS. @throws CliError */
export async function answersOfController(
  args: readonly string[],
  { server, ...options }: Omit<ControllerWhyOptions, "server"> & { readonly server?: string | true },
  toolbox: Toolbox,
): Promise<readonly WhyAnswer[]> {
  const parts = questionParts(args, options);
  const client = await connect(typeof server === "string" ? { ...options, server } : options, toolbox);
  const key = parts.target === null ? null : await oneKey(parts.target, options.namespace ?? null, client);
  const about = {
    ...(key !== null && { key }),
    context: Object.fromEntries(contextValues(options.context ?? [])),
    ...(options.resourceAccount !== undefined && { resourceAccount: options.resourceAccount }),
  };
  const questions: readonly WhyQuestion[] =
    parts.kind === "question"
      ? [{ ...about, action: parts.action, resource: parts.resource }]
      : (await readReports(toolbox)).map((reported) => ({ ...about, reported }));
  const answers: WhyAnswer[] = [];
  for (const question of questions) answers.push((await client.why(question)).status);
  return answers;
}

async function oneKey(text: string, namespace: string | null, client: ApiClient): Promise<string> {
  const [one, ...others] = await knownBindings(text, client, namespace);
  if (one !== undefined && others.length === 0) return one.key;
  const names = [one, ...others].flatMap((binding) => (binding === undefined ? [] : targetText(binding)));
  throw new CliError(`${text} means ${names.length} functions: ${names.join(", ")}`, "name one of them");
}
