import { correctionOf, errorAt, type Diagnostic, type Mistake } from "../../../model/diagnostic.ts";
import type { Region } from "../../../model/aws/ids.ts";
import { originOfValue } from "../../../text/located/located.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { byText } from "../../../text/order.ts";
import type { FunctionPermission } from "../../parse/parsed.ts";
import type { KnownAccount } from "../accounts/accounts.ts";
import { lostAccount } from "../lost-accounts.ts";
import type { Origin } from "../../../model/values/origin.ts";

export type AccountsByName = ReadonlyMap<string, KnownAccount>;

export interface BindingTarget {
  readonly known: KnownAccount;
  readonly region: Region;
  /** Where `spec.targets` names the account. */
  readonly path: ValuePath;
}

/** Each account and region once. Unknown accounts are reported, and their keys can't be read. */
export function targetsOf(
  document: FunctionPermission,
  accounts: AccountsByName,
  unread: Origin | null,
): { targets: readonly BindingTarget[]; diagnostics: { errors: readonly Diagnostic[]; unknown: boolean } } {
  const only = onlyTarget(document, accounts);
  if (only !== null) return { targets: [only], diagnostics: NO_PROBLEM };
  const targets = new Map<string, BindingTarget>();
  const errors: Diagnostic[] = [];
  let unknown = false;
  const report = (path: ValuePath, code: string, mistake: Mistake): void =>
    void errors.push(errorAt(originOfValue(document, path), code, mistake));
  document.spec.targets.forEach((target, index) =>
    target.accounts.forEach((name, place) => {
      const path = ["spec", "targets", index, "accounts", place];
      const known = accounts.get(name);
      if (known === undefined) {
        unknown = true;
        if (unread !== null) errors.push(lostAccount(name, originOfValue(document, path), unread));
        else
          report(path, "unknown-account", {
            message: `unknown account "${name}"`,
            ...accountHint(name, accounts),
          });
        return;
      }
      for (const region of target.regions) {
        const identity = `${known.id}/${region}`;
        if (targets.has(identity))
          report(path, "duplicate-target", {
            message: `duplicate target: account ${name}, region ${region}`,
            fix: "keep one of them",
          });
        else targets.set(identity, { known, region: region as Region, path });
      }
    }),
  );
  return { targets: [...targets.values()], diagnostics: { errors, unknown } };
}

const NO_PROBLEM: { readonly errors: readonly Diagnostic[]; readonly unknown: boolean } = {
  errors: [],
  unknown: false,
};
const FIRST_ACCOUNT: ValuePath = ["spec", "targets", 0, "accounts", 0];

/** The usual manifest names one account, which is known, and one region: no two targets can be the same. */
function onlyTarget({ spec }: FunctionPermission, accounts: AccountsByName): BindingTarget | null {
  const target = spec.targets[0];
  if (target === undefined || spec.targets.length > 1) return null;
  if (target.accounts.length > 1 || target.regions.length > 1) return null;
  const [name, region] = [target.accounts[0], target.regions[0]];
  if (name === undefined || region === undefined) return null;
  const known = accounts.get(name);
  return known === undefined ? null : { known, region: region as Region, path: FIRST_ACCOUNT };
}

/** More names in a hint help no one. */
const MAX_NAMES = 10;

/** An id is not a name; another unknown name may be a typing error. */
function accountHint(name: string, accounts: AccountsByName): Omit<Mistake, "message"> {
  const byId = [...accounts.values()].find(({ id }) => id === name);
  if (byId !== undefined)
    return { fix: `write the account's name: ${byId.name}`, ...correctionOf(name, byId.name) };
  const names = [...accounts.keys()].sort(byText);
  const declare = "declare an AwsAccount of that name in the platform's folder";
  const meant = nearestName(name, names);
  if (meant !== undefined)
    return { fix: `did you mean "${meant}"? Otherwise ${declare}`, ...correctionOf(name, meant) };
  // `production` for prod. No correction to accept with a click: `prod-sandbox` is another account.
  const beginning = names.findLast((one) => one.length >= 3 && name.startsWith(one));
  if (beginning !== undefined) return { fix: `did you mean "${beginning}"? Otherwise ${declare}` };
  const isShort = names.length > 0 && names.length <= MAX_NAMES;
  return { fix: isShort ? `valid values: ${names.join(", ")}; for another one ${declare}` : declare };
}
