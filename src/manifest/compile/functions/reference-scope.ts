import { coversName, ownsAccount } from "../../../iam/names/name-pattern.ts";
import type { Namespace, Region, AccountId } from "../../../model/aws/ids.ts";
import type { DesiredAccount } from "../../../model/desired.ts";
import { inAccount, type Mistake } from "../../../model/diagnostic.ts";
import type { ReferenceReadings, ReferenceText } from "../../../model/aws/reference.ts";
import type { DesiredTeam, Tenancy } from "../../../model/rules/team.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import type { ReferenceScope } from "../../statements/references.ts";

interface ScopeInputs {
  readonly readings: ReferenceReadings | null;
  readonly teams: ReadonlyMap<Namespace, DesiredTeam>;
  readonly tenancy: Tenancy;
}

export interface ScopePlace {
  readonly namespace: Namespace;
  readonly account: DesiredAccount;
  readonly region: Region;
}

/**
 * A reference is read with the observer of the account, which may read more than a team: the Team of the namespace decides
 * before anything is read, and a refused reference has no value and no other error that shows whether it exists. The
 * references of one compilation are counted: only a new call starts at zero.
 */
export function referenceScopes({
  readings,
  teams,
  tenancy,
}: ScopeInputs): (place: ScopePlace) => () => ReferenceScope {
  const quota = new ReferenceQuota();
  const scopeOf = ({ namespace, account, region }: ScopePlace): ReferenceScope => {
    const permitted = { namespace, account, team: teams.get(namespace), tenancy };
    const excessOf = quota.ofBinding({ namespace, account, region });
    return {
      accountId: account.id,
      region,
      account: account.name,
      readings,
      refusal: (text) =>
        (tenancy.kind === "open" ? null : refusalOf(text, { ...permitted, tenancy })) ?? excessOf(text),
    };
  };
  return (place) => {
    // Few bindings name a reference; one that does has one scope, which counts its references.
    let scope: ReferenceScope | null = null;
    return () => (scope ??= scopeOf(place));
  };
}

interface NamedScope extends Pick<ScopePlace, "namespace" | "account"> {
  readonly team: DesiredTeam | undefined;
  readonly tenancy: Tenancy;
}

function refusalOf(text: ReferenceText, { namespace, account, team, tenancy }: NamedScope): Mistake | null {
  const isNotRead = (why: string): string => `\${${text}} is not read: ${why}`;
  const refused = (why: string, fix: string): Mistake => ({ message: isNotRead(why), fix });
  if (tenancy.kind === "unknown")
    return refused(
      `${formatOrigin(tenancy.origin)} cannot be read and may declare Teams`,
      "correct that document of the platform",
    );
  if (team === undefined)
    return refused(`namespace ${namespace} has no Team`, "ask the platform team to declare one");
  if (team.kind === "broken")
    return refused(`Team ${namespace} has an error`, `correct ${formatOrigin(team.origin)}`);
  if (!ownsAccount(team, account.name))
    return {
      ...inAccount(account.name, (named) => isNotRead(`Team ${namespace} does not have ${named}`)),
      fix: `ask the platform team to add it to spec.accounts of Team ${namespace}`,
    };
  if (team.references.some((pattern) => coversName(pattern, { kind: "exact", name: text }))) return null;
  return refused(
    `Team ${namespace} does not list it`,
    `ask the platform team to add ${text} to spec.references of Team ${namespace}`,
  );
}

/**
 * Each reference may cost a call to AWS in every sweep. CloudFormation answers two a second, so the largest namespace takes
 * less than two minutes. A function with twenty values from AWS is one that a template generated.
 */
export const MAX_REFERENCES = { ofFunction: 20, ofNamespace: 200 } as const;

/** Where the values are read for one binding. */
interface QuotaPlace {
  readonly namespace: Namespace;
  readonly account: { readonly id: AccountId; readonly name: string };
  readonly region: Region;
}

/** Counts the different references of a revision by namespace, account and region, in the order of its documents. */
class ReferenceQuota {
  readonly #byPlace = new Map<string, Set<ReferenceText>>();

  /** For one binding. @returns a function that counts a reference, and answers why it does not fit, or null */
  ofBinding(place: QuotaPlace): (text: ReferenceText) => Mistake | null {
    let own: Set<ReferenceText> | null = null;
    return (text) => {
      // Few bindings name a reference.
      own ??= new Set<ReferenceText>();
      const all = this.#at(place);
      if (!own.has(text) && own.size >= MAX_REFERENCES.ofFunction) return tooManyOfFunction(text);
      if (!all.has(text) && all.size >= MAX_REFERENCES.ofNamespace) return tooManyOfNamespace(text, place);
      own.add(text);
      all.add(text);
      return null;
    };
  }

  #at({ namespace, account, region }: QuotaPlace): Set<ReferenceText> {
    const name = `${namespace} ${account.id} ${region}`;
    const known = this.#byPlace.get(name) ?? new Set();
    this.#byPlace.set(name, known);
    return known;
  }
}

function tooManyOfFunction(text: ReferenceText): Mistake {
  return {
    message: `\${${text}} is not read: the function names more than ${MAX_REFERENCES.ofFunction} values in AWS`,
    fix: `name at most ${MAX_REFERENCES.ofFunction} different ones, or write the values`,
  };
}

function tooManyOfNamespace(text: ReferenceText, { namespace, account, region }: QuotaPlace): Mistake {
  const isTooMany = `\${${text}} is not read: namespace ${namespace} names more than ${MAX_REFERENCES.ofNamespace} values in`;
  return {
    ...inAccount(account.name, (named) => `${isTooMany} ${named}, ${region}`),
    fix: `name at most ${MAX_REFERENCES.ofNamespace} different ones there, or write the values`,
  };
}
