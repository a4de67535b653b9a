import { accountNamesHint } from "../accounts/account-names.ts";
import { ESCALATION_RULES } from "../../../iam/risk/escalation-paths.ts";
import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import { BUILT_IN_PROFILES } from "../../../model/rules/built-in-profiles.ts";
import { GUARD_RULES, UNWAIVABLE_RULES } from "../../../model/rules/guard-rules.ts";
import { originOfKey, originOfValue } from "../../../text/located/located.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import { didYouMean } from "../../../text/nearest-name.ts";
import { shown } from "../../fields/field.ts";
import type { GuardrailProfile } from "../../parse/parsed.ts";

const RULES: readonly string[] = [...GUARD_RULES, "ESC-*", ...ESCALATION_RULES];

/** What makes a profile unusable: rules and accounts that do not exist, and rules that it may not relax. */
export function profileProblems(
  manifest: GuardrailProfile,
  accounts: ReadonlySet<string>,
): readonly Diagnostic[] {
  const { rules = {}, unwaivable = [] } = manifest.spec;
  return [
    ...builtInName(manifest),
    ...Object.keys(rules).flatMap((rule) => unknownRule(manifest, rule, ["spec", "rules", rule])),
    ...unwaivable.flatMap((rule, at) => unknownRule(manifest, rule, ["spec", "unwaivable", at])),
    ...Object.entries(rules).flatMap(([rule, severity]) => relaxed(manifest, rule, severity)),
    ...unknownAccounts(manifest, accounts),
  ];
}

/** A Team that names `strict` must never get a laxer profile of that name. */
function builtInName(manifest: GuardrailProfile): readonly Diagnostic[] {
  if (!Object.hasOwn(BUILT_IN_PROFILES, manifest.name)) return [];
  const message = `${manifest.name} is the name of a built-in profile`;
  const fix = `rename it, and write base: ${manifest.name} to extend the built-in one`;
  return [errorAt(originOfValue(manifest, ["metadata", "name"]), "built-in-profile", { message, fix })];
}

function unknownRule(manifest: GuardrailProfile, rule: string, path: ValuePath): readonly Diagnostic[] {
  if (RULES.includes(rule)) return [];
  const message = `unknown guard rule ${shown(rule)}${didYouMean(rule, RULES)}`;
  const fix = "write the id of a rule, such as RES-001, or ESC-* for every escalation path";
  return [errorAt(originOfKey(manifest, path), "unknown-rule", { message, fix })];
}

/** A profile may relax a default only where a waiver may lift the rule: these rules have no exception. */
function relaxed(manifest: GuardrailProfile, rule: string, severity: string): readonly Diagnostic[] {
  const path = ["spec", "rules", rule];
  if (UNWAIVABLE_RULES.has(rule) && severity !== "block") {
    const message = `no profile relaxes ${rule}: it always refuses`;
    const fix = "remove the line, and change what the rule refuses";
    return [errorAt(originOfKey(manifest, path), "unwaivable-rule", { message, fix })];
  }
  if (severity !== "off" || manifest.spec.unwaivable?.includes(rule) !== true) return [];
  const message = `${rule} is off and unwaivable in one profile`;
  const fix = `remove ${rule} from unwaivable, or write ${rule}: block`;
  return [errorAt(originOfKey(manifest, path), "contradiction", { message, fix })];
}

function unknownAccounts(manifest: GuardrailProfile, accounts: ReadonlySet<string>): readonly Diagnostic[] {
  const named = manifest.spec.selector?.accounts ?? [];
  return named.flatMap((account, at) => {
    if (accounts.has(account)) return [];
    const message = `unknown account ${shown(account)}${didYouMean(account, [...accounts])}`;
    const origin = originOfValue(manifest, ["spec", "selector", "accounts", at]);
    return [errorAt(origin, "unknown-account", { message, fix: accountNamesHint(accounts) })];
  });
}
