import type { Waiver } from "../../model/desired.ts";
import { errorAt, warningAt, type Diagnostic } from "../../model/diagnostic.ts";
import { GUARD_RULES, UNWAIVABLE_RULES } from "../../model/rules/guard-rules.ts";
import { parseKey, type Key } from "../../model/keys/key.ts";
import { ESCALATION_RULES } from "../../iam/risk/escalation-paths.ts";
import { accountNamesHint } from "./accounts/account-names.ts";
import type { KnownAccount } from "./accounts/accounts.ts";
import { originOfValue } from "../../text/located/located.ts";
import { didYouMean } from "../../text/nearest-name.ts";
import { instantForIam } from "../fields/field.ts";
import type { WaiverManifest } from "../parse/parsed.ts";

export interface CompiledWaivers {
  readonly waivers: readonly Waiver[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The guard, which knows the time, decides whether a waiver is in force; here its end is only a warning. */
export function compileWaivers(
  manifests: readonly WaiverManifest[],
  accounts: ReadonlyMap<string, KnownAccount>,
  bindings: KnownBindings & { readonly nowMs: number },
): CompiledWaivers {
  const waivers: Waiver[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const manifest of manifests) {
    const ofRule = ruleProblems(manifest);
    diagnostics.push(...ofRule);
    const found = findBinding(manifest, accounts, bindings);
    if ("problem" in found) {
      diagnostics.push(found.problem);
      continue;
    }
    if (Date.parse(manifest.spec.until) <= bindings.nowMs) {
      const at = originOfValue(manifest, ["spec", "until"]);
      const message = `the waiver ended on ${manifest.spec.until}: ${manifest.spec.rule} applies again`;
      diagnostics.push(
        warningAt(at, "expired-waiver", { message, fix: "remove it, or give it a new end and a new reason" }),
      );
    }
    if (ofRule.length === 0) waivers.push(waiverOf(manifest, found.key));
  }
  return { waivers, diagnostics };
}

const RULES: ReadonlySet<string> = new Set([...GUARD_RULES, ...ESCALATION_RULES]);

/** A waiver without an effect looks like an intended exception. */
function ruleProblems(manifest: WaiverManifest): readonly Diagnostic[] {
  const { rule } = manifest.spec;
  const origin = originOfValue(manifest, ["spec", "rule"]);
  if (UNWAIVABLE_RULES.has(rule)) {
    const fix = "remove the waiver, and change what the rule refuses";
    return [errorAt(origin, "unwaivable-rule", { message: `no waiver lifts ${rule}`, fix })];
  }
  if (RULES.has(rule)) return [];
  const message = `unknown guard rule "${rule}"${didYouMean(rule, [...RULES])}`;
  const fix = "write the id that validate prints with the finding, such as RES-001";
  return [errorAt(origin, "unknown-rule", { message, fix })];
}

/** The bindings that a waiver may name. */
export interface KnownBindings {
  /** The declared bindings, including those that cannot be compiled. */
  readonly keys: ReadonlySet<Key>;
  /** By namespace, a file that cannot be read completely: it may declare any binding of it. */
  readonly unreadFiles: ReadonlyMap<string, string>;
}

function findBinding(
  manifest: WaiverManifest,
  accounts: ReadonlyMap<string, KnownAccount>,
  { keys, unreadFiles }: KnownBindings,
): { readonly key: Key } | { readonly problem: Diagnostic } {
  const { binding } = manifest.spec;
  const origin = originOfValue(manifest, ["spec", "binding"]);
  const { account, region, owner } = bindingParts(binding);
  const known = accounts.get(account);
  const key = known === undefined ? undefined : parseKey(`function/${known.id}/${region}/${owner}`);
  if (key === undefined) {
    const message = `no binding ${binding}: unknown account ${account}${didYouMean(account, [...accounts.keys()])}`;
    const fix =
      known === undefined ? accountNamesHint(accounts.keys()) : "write NAMESPACE/NAME@ACCOUNT/REGION";
    return { problem: errorAt(origin, "unknown-account", { message, fix }) };
  }
  const [namespace = ""] = owner.split("/");
  if (keys.has(key) || unreadFiles.has(namespace)) return { key };
  const message = `the waiver is for ${binding}, which no manifest declares`;
  const fix = "remove the waiver, or correct its binding";
  return { problem: errorAt(origin, "waiver-without-binding", { message, fix }) };
}

function waiverOf(manifest: WaiverManifest, binding: Key): Waiver {
  const { rule, reason, owner, until } = manifest.spec;
  const origin = originOfValue(manifest, []);
  return { name: manifest.name, rule, binding, reason, owner, until: instantForIam(until), origin };
}

interface BindingParts {
  /** `namespace/name`. */
  readonly owner: string;
  readonly account: string;
  readonly region: string;
}

/** Parses `orders/orders-api@prod/eu-west-1`, whose form the schema has checked. */
function bindingParts(text: string): BindingParts {
  const at = text.indexOf("@");
  const slash = text.lastIndexOf("/");
  return { owner: text.slice(0, at), account: text.slice(at + 1, slash), region: text.slice(slash + 1) };
}
