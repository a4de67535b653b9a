import { isOpenResource } from "../../iam/match/reach.ts";
import { resourceCovers } from "../../iam/match/wildcard.ts";
import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import type { Namespace } from "../../model/aws/ids.ts";
import type { Desired, DesiredBinding } from "../../model/desired.ts";
import { targetText } from "../../model/keys/key.ts";
import { toList } from "../../text/json-values.ts";
import { sortedSet } from "../../text/order.ts";

interface ResourceOfNamespace {
  readonly namespace: Namespace;
  /** As in the policy: an ARN, which may have wildcards. */
  readonly arn: string;
  /** The manifest that names it. */
  readonly target: string;
}

/** Which namespaces the manifests connect with a resource, by what they name and by its name. */
export class ResourceOwners {
  readonly #named: readonly ResourceOfNamespace[];
  readonly #namespaces: readonly string[];

  constructor({ bindings, teams }: Pick<Desired, "bindings" | "teams">) {
    const all = [...bindings.values()];
    this.#named = all.flatMap(namedBy);
    this.#namespaces = sortedSet([...all.map(({ namespace }) => namespace), ...teams.keys()]);
  }

  /** Why the resource may be of another namespace than this one; null: nothing in the manifests shows it. */
  otherOwner(namespace: string, resource: string): string | null {
    if (!hasArnParts(resource)) return null;
    const isOwn = this.#named.some((one) => one.namespace === namespace && resourceCovers(one.arn, resource));
    if (isOwn) return null;
    const place = withoutPlace(resource);
    const other = this.#named.find(
      (one) => one.namespace !== namespace && resourceCovers(withoutPlace(one.arn), place),
    );
    if (other !== undefined)
      return `${other.target} names the resource, and no manifest of ${namespace} does`;
    const name = wordsOf(arnParts(resource).resource);
    const first = this.#namespaces.find((one) => one !== namespace && name.includes(wordsOf(one)));
    return first === undefined ? null : `its name has the name of the namespace ${first}`;
  }
}

/** Its function, the resources of its policy that are not open, and what calls it. */
function namedBy(binding: DesiredBinding): readonly ResourceOfNamespace[] {
  const { namespace, functionArn, role, callers } = binding;
  const arns = [
    functionArn,
    ...role.inline.statements
      .filter(({ statement }) => statement.Effect === "Allow")
      .flatMap(({ statement }) => toList(statement.Resource ?? [])),
    ...callers.flatMap(({ input }) => input.SourceArn ?? []),
  ];
  return arns
    .filter((arn) => hasArnParts(arn) && !isOpenResource({ kind: "one", name: arn }))
    .map((arn) => ({ namespace, arn, target: targetText(binding) }));
}

/** The outermost resource (a bucket, a table, a function) in any account and region: names are often the same in each. */
export function withoutPlace(arn: string): string {
  if (!hasArnParts(arn)) return arn;
  const { service, resource } = arnParts(arn);
  return `arn::${service}:::${outermost(service, resource)}`;
}

function outermost(service: string, resource: string): string {
  if (service === "s3") return resource.split("/")[0] ?? resource;
  if (service === "dynamodb") return resource.split("/").slice(0, 2).join("/");
  // oxlint-disable-next-line grantkeeper/no-arn-parsing -- the resource of Lambda, whose layers have colons too
  return service === "lambda" ? resource.split(":").slice(0, 2).join(":") : resource;
}

/** `-payments-prod-` of `payments/prod`: complete words can be found in it. */
function wordsOf(name: string): string {
  return `-${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-`;
}
