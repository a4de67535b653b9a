import { accountNamesHint } from "./accounts/account-names.ts";
import { LONGEST_EXCLUSION_MS, type DesiredExclusion } from "../../model/desired.ts";
import { errorAt, warningAt, type Diagnostic } from "../../model/diagnostic.ts";
import { parseAccountId, type AccountId } from "../../model/aws/ids.ts";
import { originOfValue } from "../../text/located/located.ts";
import { didYouMean } from "../../text/nearest-name.ts";
import { byTextOf } from "../../text/order.ts";
import { instantForIam } from "../fields/field.ts";
import type { ExclusionManifest } from "../parse/parsed.ts";
import type { KnownAccount } from "./accounts/accounts.ts";

interface CompiledExclusions {
  /** Sorted by name. */
  readonly exclusions: readonly DesiredExclusion[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The coverage, which knows the time, decides whether an Exclusion is in force; here its end is only reported. */
export function compileExclusions(
  manifests: readonly ExclusionManifest[],
  accounts: ReadonlyMap<string, KnownAccount>,
  nowMs: number,
): CompiledExclusions {
  const compiled = manifests.map((manifest) => compileExclusion(manifest, accounts, nowMs));
  return {
    exclusions: compiled.flatMap(({ exclusions }) => exclusions).toSorted(byTextOf(({ name }) => name)),
    diagnostics: compiled.flatMap(({ diagnostics }) => diagnostics),
  };
}

/** One with an account that is not known excludes nothing: an account that was left out is not "every account". */
function compileExclusion(
  manifest: ExclusionManifest,
  accounts: ReadonlyMap<string, KnownAccount>,
  nowMs: number,
): CompiledExclusions {
  const { spec, name } = manifest;
  const named = spec.accounts?.map(
    (account) => accounts.get(account)?.id ?? parseAccountId(account) ?? account,
  );
  const unknown = (spec.accounts ?? []).flatMap((account, index) =>
    named?.[index] === account && parseAccountId(account) === undefined
      ? [unknownAccount(manifest, account, { index, known: [...accounts.keys()] })]
      : [],
  );
  const diagnostics = [...unknown, ...endProblems(manifest, nowMs)];
  if (unknown.length > 0) return { exclusions: [], diagnostics };
  const { functions, regions = null, reason, owner, until } = spec;
  const ids = named?.map((id) => id as AccountId) ?? null;
  const origin = originOfValue(manifest, []);
  const exclusion = {
    name,
    functions,
    accounts: ids,
    regions,
    reason,
    owner,
    until: instantForIam(until),
    origin,
  };
  return { exclusions: [exclusion], diagnostics };
}

function unknownAccount(
  manifest: ExclusionManifest,
  account: string,
  { index, known }: { readonly index: number; readonly known: readonly string[] },
): Diagnostic {
  return errorAt(originOfValue(manifest, ["spec", "accounts", index]), "unknown-account", {
    message: `unknown account ${account}${didYouMean(account, known)}`,
    fix: `${accountNamesHint(known)}, or the id of an account that an AccountSet found`,
  });
}

function endProblems(manifest: ExclusionManifest, nowMs: number): readonly Diagnostic[] {
  const { until } = manifest.spec;
  const at = originOfValue(manifest, ["spec", "until"]);
  const leftMs = Date.parse(until) - nowMs;
  if (leftMs <= 0) {
    const message = `the Exclusion ended on ${until}: its functions are uncovered`;
    const fix = "remove it, or give it a new end and a new reason";
    return [warningAt(at, "expired-exclusion", { message, fix })];
  }
  if (leftMs <= LONGEST_EXCLUSION_MS) return [];
  const message = "an Exclusion lasts at most a year: until then its functions are uncovered";
  return [errorAt(at, "long-exclusion", { message, fix: "write an earlier end, and renew it when it ends" })];
}
