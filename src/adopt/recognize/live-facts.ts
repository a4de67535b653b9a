import type { MissingAccess } from "../../manifest/covering/targets.ts";
import type { GrantPlace } from "../../manifest/fields/resource.ts";
import { LOG_GROUP_PREFIX } from "../../manifest/fields/names.ts";
import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import { distinctMembers } from "../../model/values/lists.ts";
import { sortedSet } from "../../text/order.ts";
import type { RoleStatement } from "./role-statements.ts";
import { isDivisible } from "../../iam/compare/canonical-permissions.ts";

/** What the live statements name: from it follow the fields of the grants that may compile to them. */
export class LiveFacts {
  /** Lower-case, of all statements that a grant can equal. */
  readonly actions: ReadonlySet<string>;
  /** Each resource with the conditions of its statement, once. */
  readonly accesses: readonly MissingAccess[];
  readonly place: GrantPlace;

  constructor(statements: readonly RoleStatement[], place: GrantPlace) {
    const divisible = statements.map(({ normal }) => normal).filter(isDivisible);
    this.place = place;
    this.actions = new Set(divisible.flatMap(({ actions }) => actions.values));
    this.accesses = divisible.flatMap(({ actions, resources, conditions }) => {
      // A test for the presence of a key has no value of it.
      const compared = conditions.filter(({ operator }) => operator !== "Null");
      const context = new Map(compared.map(({ key, values }) => [key, values]));
      const [action = ""] = actions.values;
      return resources.values.map((resource) => ({ action, resource, context }));
    });
  }

  /** The distinct lists of values that conditions compare a key with. */
  listsOf(key: string): readonly (readonly string[])[] {
    const lists = this.accesses.map(({ context }) => context.get(key));
    return distinctMembers(lists.filter((list) => list !== undefined));
  }

  /** The keys that statements allow only through a service, as `kmsKey` names them. */
  keysThrough(service: string): readonly string[] {
    const keys = this.accesses.flatMap(({ resource, context }) => {
      const through = context.get("kms:viaservice") ?? [];
      return through.some((name) => name.startsWith(`${service}.`)) ? this.#keyNames(resource, context) : [];
    });
    return sortedSet(keys);
  }

  /** The keys of all statements about keys. */
  keys(): readonly string[] {
    return sortedSet(this.accesses.flatMap(({ resource, context }) => this.#keyNames(resource, context)));
  }

  #keyNames(resource: string, context: MissingAccess["context"]): readonly string[] {
    const { service, region, accountId, resource: named } = arnParts(resource);
    if (service !== "kms") return [];
    const isHere = region === this.place.region && accountId === this.place.accountId;
    if (named !== "key/*") return [isHere ? named.replace(/^key\//, "") : resource];
    const aliases = context.get("kms:resourcealiases") ?? [];
    return aliases.map((alias) => (isHere ? alias : resource.replace(/key\/\*$/, alias)));
  }

  /** The ARNs of a service, sorted. */
  arnsOf(service: string): readonly string[] {
    const arns = this.accesses.map(({ resource }) => resource).filter((resource) => hasArnParts(resource));
    return sortedSet(arns.filter((arn) => arnParts(arn).service === service));
  }

  /** `/aws/lambda/orders-prod`, as a prefix of the log groups of the own account and region; sorted. */
  logGroupPrefixes(): readonly string[] {
    const names = this.arnsOf("logs").flatMap((arn) => {
      const prefix = /^log-group:([^*?$:]+)\*:\*:\*$/.exec(arnParts(arn).resource)?.[1];
      return prefix === undefined ? [] : [this.shortName(arn, prefix)];
    });
    return names.filter((name) => LOG_GROUP_PREFIX.pattern.test(name));
  }

  /** A resource as a field names it: by its name if it is in the own account and region, else by its ARN. */
  shortName(arn: string, name: string): string {
    const { partition, region, accountId } = arnParts(arn);
    const place = this.place;
    const isHere = partition === place.partition && region === place.region && accountId === place.accountId;
    return isHere ? name : arn;
  }
}
