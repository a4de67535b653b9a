import type { WhyQuestion } from "../../api/questions.ts";
import type { WhyAnswer } from "../../model/answers/why.ts";
import type { ApiClient } from "../../cli/client/client.ts";
import { connect } from "../../cli/client/connect.ts";
import { knownBindings } from "../../cli/client/known-bindings.ts";
import type { ConfigOptions } from "../../cli/toolbox/options.ts";
import { contextValues } from "../policy/request-context.ts";
import { theOnly } from "../../cli/toolbox/target.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { questionParts, readReports, type AskOptions } from "./questions.ts";

export interface ControllerWhyOptions extends AskOptions, ConfigOptions {
  /** true: the address from the environment or from the operator's file. */
  readonly server: string | true;
}

/** The answers of the controller, from the accepted revision and its last read of AWS. @throws CliError */
export async function answersOfController(
  args: readonly string[],
  { server, ...options }: Omit<ControllerWhyOptions, "server"> & { readonly server?: string | true },
  toolbox: Toolbox,
): Promise<readonly WhyAnswer[]> {
  const parts = questionParts(args, options);
  const client = await connect(typeof server === "string" ? { ...options, server } : options, toolbox);
  const key = await keyOf(parts.target, options.namespace ?? null, client);
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
  for (const question of questions) answers.push((await client.create("whys", question)).status);
  return answers;
}

async function keyOf(
  target: string | null,
  namespace: string | null,
  client: ApiClient,
): Promise<string | null> {
  if (target === null) return null;
  return theOnly(target, await knownBindings(target, client, namespace)).key;
}
