import { compiledText } from "../../diff/documents/compiled-texts.ts";
import { trustText } from "../../iam/trust.ts";
import { type DesiredBinding, type DesiredPolicy, isBinding } from "../../model/desired.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { statesOf } from "../project/findings.ts";
import {
  addLocalOptions,
  addReferences,
  TARGET_FORM,
  type LocalOptions,
  type ReferencesOption,
} from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { projectSettings, loadDirectory, noteOffline, type Project } from "../project/project.ts";
import { matchingDeclared } from "../project/declared-target.ts";
import type { PinnedReference } from "../../model/aws/reference.ts";
import { targetText } from "../../model/keys/key.ts";

interface RenderOptions extends LocalOptions, ReferencesOption {
  readonly dir: string;
  readonly namespace?: string;
}

export const render: CliCommand<RenderOptions> = {
  name: "render",
  summary: "print the compiled IAM JSON, offline",
  description:
    "Prints what the manifests of a checkout compile to: for each function, the role with its trust, boundary, inline policy, attachments and tags, and the statements of its callers; for each ManagedPolicy, its document. TARGET may also name a ManagedPolicy.",
  examples: [
    ["grantkeeper render orders/orders-api@staging/eu-west-1", "one function"],
    ["grantkeeper render platform/platform-default", "a boundary, for the pipeline that writes it"],
    ["grantkeeper render -o yaml", "everything"],
  ],
  define: (command) => {
    addReferences(addLocalOptions(command.argument("[target]", TARGET_FORM)))
      .option("-n, --namespace <name>", "of this namespace only")
      .option("--dir <folder>", "the checkout", ".");
  },
  run: async ({ args: [target], options, toolbox }) => {
    const settings = await projectSettings(options, toolbox);
    const project = await loadDirectory(options.dir, settings, toolbox);
    const states = addressed(project).filter(
      ({ state }) => options.namespace === undefined || state.namespace === options.namespace,
    );
    const checkout = { dir: options.dir, namespace: options.namespace ?? null };
    const chosen = target === undefined ? states : matchingDeclared(target, states, checkout);
    await noteOffline(settings, toolbox);
    const compiled = chosen.map(compiledTarget);
    const value = compiled.length === 1 ? compiled[0] : compiled;
    return show({ value, lines: () => [] }, options.output === "yaml" ? "yaml" : "json", toolbox);
  },
};

function addressed({ compilation }: Project): readonly {
  readonly key: DesiredBinding["key"];
  readonly account: string;
  readonly state: DesiredBinding | DesiredPolicy;
}[] {
  const { desired } = compilation;
  return statesOf(desired).map((state) => {
    const account =
      "account" in state ? state.account : (desired.accounts.get(state.accountId)?.name ?? state.accountId);
    return { key: state.key, account, state };
  });
}

/** The compiled form of a target, as IAM and Lambda accept it. */
export function compiledTarget({ key, account, state }: ReturnType<typeof addressed>[number]) {
  return { target: targetText({ key, account }), ...compiledValue(state) };
}

function compiledValue(state: DesiredBinding | DesiredPolicy) {
  if (!isBinding(state)) {
    const { arn, description, document, tags } = state;
    return { policy: { arn, description, document: documentValue(document), tags: tagsValue(tags) } };
  }
  const { role, functionArn, callers } = state;
  return {
    function: functionArn,
    ...(state.references !== undefined && { references: referencesValue(state.references) }),
    role: {
      arn: role.arn,
      trust: JSON.parse(trustText(role)) as unknown,
      boundary: role.boundary?.arn ?? null,
      inline: documentValue(role.inline),
      attachments: role.attachments.map(({ arn }) => arn),
      description: role.description,
      maxSessionSeconds: role.maxSessionSeconds,
      tags: tagsValue(role.tags),
    },
    callers: callers.map(({ qualifier, statement }) => ({ qualifier, statement })),
  };
}

function documentValue(document: DesiredPolicy["document"]): unknown {
  const text = compiledText(document);
  return text === null ? null : (JSON.parse(text) as unknown);
}

/** The values in AWS that the manifest names, and that these statements contain. */
function referencesValue(references: readonly PinnedReference[]): Readonly<Record<string, string>> {
  return Object.fromEntries(references.map(({ text, value }) => [text, value]));
}

function tagsValue(tags: DesiredPolicy["tags"]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
