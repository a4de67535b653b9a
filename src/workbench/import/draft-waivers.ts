import type { ImportPlan } from "../../adopt/manifests/plan-import.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { UNWAIVABLE_RULES } from "../../model/rules/guard-rules.ts";
import { flowText } from "../../text/yaml/flow-text.ts";
import { QUOTA_RULE, refusingRules, type FindingsByKey } from "./report.ts";
import { dayOf } from "../../model/values/duration.ts";

/** Outside of the folders of manifests: a draft has no effect until an owner moves it to the platform's folder. */
const PATH = "drafts/waivers.yaml";
const HEADER =
  "# Drafts: each Waiver lets a function keep a permission that a rule refuses. Replace OWNER, and move them to the platform's folder.";

/** A Waiver of 90 days for each rule that refuses a function's present permissions; no file if there are none. */
export function draftWaivers(
  { functions }: ImportPlan,
  findings: FindingsByKey,
): readonly { readonly path: string; readonly text: string }[] {
  const waivers = functions.flatMap(({ estate, outcome }) => {
    if (outcome.kind !== "written") return [];
    const until = dayOf(estate.observedAtMs + 90 * 86_400_000);
    const binding = bindingName(outcome.key, estate.account.name);
    return refusingRules(outcome.key, findings)
      .filter((rule) => !UNWAIVABLE_RULES.has(rule) && rule !== QUOTA_RULE)
      .map((rule) => waiverText(rule, binding, `${until}T00:00:00Z`));
  });
  return waivers.length === 0 ? [] : [{ path: PATH, text: [HEADER, ...waivers].join("\n---\n") }];
}

function bindingName(key: Key, account: string): string {
  const { namespace, name, ...place } = keyParts(key);
  return `${namespace}/${name}@${account}/${"region" in place ? place.region : ""}`;
}

function waiverText(rule: string, binding: string, until: string): string {
  const name = `import-${rule}-${binding.replaceAll(/[/@]/g, "-")}`.toLowerCase();
  return [
    "apiVersion: grantkeeper.dev/v1alpha1",
    "kind: Waiver",
    `metadata: ${flowText({ name })}`,
    "spec:",
    `  rule: ${rule}`,
    `  binding: ${flowText(binding)}`,
    '  reason: "imported: the function had this permission before"',
    "  owner: OWNER",
    `  until: ${until}`,
  ].join("\n");
}
