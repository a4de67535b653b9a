import type { Estate, UnreadPlace } from "../../../src/adopt/estate/estate.ts";
import { NO_TERRAFORM_STATE, type TerraformState } from "../../../src/adopt/deployer/terraform-state.ts";
import type { NamespaceRule } from "../../../src/adopt/manifests/namespaces.ts";
import { planImport, type ImportOutcome, type ImportPlan } from "../../../src/adopt/manifests/plan-import.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { accountText, COMPILE_CONTEXT, parseText } from "../manifests.ts";

/** The account of `support/adopt/estate.ts`, without a boundary. */
export const ESTATE_ACCOUNT_TEXT = accountText("orders-prod", "111122223333")
  .replace("regions: [eu-west-1, us-east-1]", "regions: [eu-west-1]")
  .replace("  boundary: platform-default\n", "")
  .replace("mode: enforce", "mode: observe");

const ALL_IN_ORDERS: readonly NamespaceRule[] = [
  { test: { kind: "prefix", prefix: "" }, namespace: "orders" as Namespace },
];

export interface ImportSetting {
  readonly rules?: readonly NamespaceRule[];
  readonly terraform?: TerraformState;
  readonly unread?: readonly UnreadPlace[];
  readonly files?: Readonly<Record<string, string>>;
}

export function importPlan(estates: Estate | readonly Estate[], setting: ImportSetting = {}): ImportPlan {
  const files = setting.files ?? { "platform/accounts.yaml": ESTATE_ACCOUNT_TEXT };
  return planImport({
    estates: [estates].flat(),
    unread: setting.unread ?? [],
    terraform: setting.terraform ?? NO_TERRAFORM_STATE,
    rules: setting.rules ?? ALL_IN_ORDERS,
    files: Object.entries(files).map(([path, text]) => parseText(path, text)),
    context: COMPILE_CONTEXT,
  });
}

export function outcomeOf(plan: ImportPlan, name: string): ImportOutcome {
  const one = plan.functions.find(({ found }) => found.name === name);
  if (one === undefined) throw new Error(`no outcome for ${name}`);
  return one.outcome;
}

/** The text of the function's file, or why there is none. */
export function fileOf(plan: ImportPlan, name: string): string {
  const outcome = outcomeOf(plan, name);
  if (outcome.kind !== "written") throw new Error(JSON.stringify(outcome));
  return plan.files.find(({ path }) => path === outcome.path)?.text ?? "";
}
