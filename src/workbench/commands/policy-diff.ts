import { provedWithin } from "../../iam/compare/containment.ts";
import { permissionDelta, type RolePermissions, onlyDocument } from "../../iam/compare/delta.ts";
import { recordedDelta } from "../../iam/row-text.ts";
import { documentDiff } from "../../iam/compare/document-diff.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { compareDocuments } from "../../iam/compare/comparer.ts";
import { expandRows, patternServices, type ExpandedActions } from "../../iam/compare/expansion.ts";
import type { DeltaRow } from "../../model/delta.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { compareLines } from "../policy/policy-batch.ts";
import {
  addDocumentOptions,
  contextOf,
  PolicyReader,
  type DocumentOptions,
  type PolicyFile,
} from "../policy/policy-files.ts";
import { show } from "../../cli/screen/print.ts";
import { unusablePermissions } from "../../iam/compare/usable.ts";
import type { UnusablePermission } from "../../iam/match/unusable/unusable-permissions.ts";
import { diffLines, isWithoutEffect, type PolicyDiff } from "../policy/diff.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";

interface DiffOptions extends DocumentOptions {
  readonly batch?: string;
}

export const policyDiff: CliCommand<DiffOptions> = {
  name: "policy diff",
  summary: "compare two policies by meaning",
  description:
    "Shows how two documents differ: equal, metadata (only Sid or Id), meaning (different wording, same permissions), no-effect (other statements with the same usable permissions) or security, and which statements were changed. For security, it lists what B newly allows and no longer allows (with a removed or added Deny, the earlier condition, and the number of actions of a pattern), and whether it is proved that B allows nothing more, or all that A allows. Needs no configuration. Exit code 2 for security, unless both are proved to allow the same, else 0. With --batch, compares the pairs of a file: each line is a JSON object with a and b (documents as strings), type, and optionally account and partition. It prints one line for each pair, and exits with 0 at the end of the file.",
  examples: [
    ["grantkeeper policy diff old.json new.json", "two versions of a role's policy"],
    [
      "grantkeeper policy diff --type trust --account 111122223333 old.json -",
      "a trust policy from standard input",
    ],
    ["grantkeeper policy diff --batch pairs.jsonl", "many pairs"],
  ],
  define: (command) => {
    addDocumentOptions(
      command
        .argument("[a]", "a policy document, or - for standard input")
        .argument("[b]", "the document to compare it with")
        .option("--batch <file>", "compare the pairs of this file, or - for standard input"),
    );
  },
  run: async ({ args: [a, b], options, toolbox }) => {
    if (options.batch !== undefined) {
      if (a !== undefined) throw new CliError("--batch and documents exclude each other", null);
      await compareLines(options.batch, toolbox);
      return 0;
    }
    if (a === undefined || b === undefined)
      throw new CliError("policy diff needs two documents", "name two files, one of them may be -");
    const context = contextOf(options, options.type);
    const reader = new PolicyReader(toolbox);
    const [before, after] = [await reader.read(a, context), await reader.read(b, context)];
    const diff = await policyDiffOf([before, after], context, toolbox);
    await show(
      { value: diffValue(diff), lines: ({ rowWidth }) => diffLines(diff, rowWidth) },
      options.output,
      toolbox,
    );
    return diff.tier === "security" && !isWithoutEffect(diff) ? 2 : 0;
  },
};

export function diffValue({ tier, document, delta, ...proofs }: PolicyDiff) {
  return { tier, document, ...recordedDelta(delta), ...proofs };
}

async function policyDiffOf(
  [before, after]: readonly [PolicyFile, PolicyFile],
  context: DocumentContext,
  toolbox: Toolbox,
): Promise<PolicyDiff> {
  const [old, now] = [alone(before, context), alone(after, context)];
  const delta = permissionDelta(old, now);
  return {
    tier: compareDocuments(before.text, after.text, context),
    document: documentDiff(before.text, after.text, context),
    delta,
    narrower: provedWithin(now, old),
    wider: provedWithin(old, now),
    unusable: unusableChanges(old, now),
    expanded: await expandedRows([...delta.allowed, ...delta.noLongerAllowed], toolbox),
  };
}

/** Of one document alone: they are no gain and no loss, so that the rows do not have them. */
function unusableChanges(old: RolePermissions, now: RolePermissions): readonly UnusablePermission[] {
  const [before, after] = [unusablePermissions(old), unusablePermissions(now)];
  const isIn = (all: readonly UnusablePermission[], { action, resource }: UnusablePermission): boolean =>
    all.some((other) => other.action === action && other.resource === resource);
  return [...before.filter((one) => !isIn(after, one)), ...after.filter((one) => !isIn(before, one))];
}

/** AWS's data is read where there is a pattern. */
async function expandedRows(
  rows: readonly DeltaRow[],
  toolbox: Toolbox,
): Promise<readonly ExpandedActions[]> {
  const services = patternServices(rows);
  if (services.length === 0) return [];
  const loader = await toolbox.actionData();
  return expandRows(rows, await loader.load(services));
}

function alone({ name, text }: PolicyFile, context: DocumentContext): RolePermissions {
  return onlyDocument({ from: { kind: "other", name }, text }, context);
}
