import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { resourceArn, resourceField, type GrantPlace, type ResourceKind } from "../fields/resource.ts";
import { allow, grantEntry, type Expansion, type GrantEntry, type VerbFacts } from "./entry.ts";
import { companion, kmsKeyField, type Companion } from "./kms.ts";

/** A verb whose permissions are a list of actions on the resource. */
interface VerbRow extends VerbFacts {
  readonly actions: readonly string[];
  /** Its statements without the resource. */
  readonly also?: readonly Expansion[];
  /** What it needs of the key that encrypts the resource. Present in all verbs of a grant or in none. */
  readonly keyActions?: Companion["actions"];
}

interface ResourceGrant<Field extends string, Verb extends string> extends Pick<
  GrantEntry<ResourceFields<Field, Verb>>,
  "grant" | "serviceVerbs" | "exact" | "examples"
> {
  /** The field that names the resource. */
  readonly field: Field;
  readonly kind: ResourceKind;
  readonly verbs: Readonly<Record<Verb, VerbRow>>;
  /** Default: the ARN of the resource itself. */
  readonly arn?: (resource: string, place: GrantPlace) => string;
}

type ResourceFields<Field extends string, Verb extends string> = Readonly<Record<Field, string>> & {
  readonly allow: readonly Verb[];
  readonly kmsKey?: string | undefined;
};

/** The grant of a service with one named resource, whose verbs are rows of actions on it. */
export function resourceGrant<Field extends string, Verb extends string>(
  row: ResourceGrant<Field, Verb>,
): GrantEntry<ResourceFields<Field, Verb>> {
  const { field, kind, verbs, arn = (written, place) => resourceArn(kind, written, place), ...facts } = row;
  const names = Object.keys(verbs) as [Verb, ...Verb[]];
  const isEncrypted = names.some((verb) => verbs[verb].keyActions !== undefined);
  const fields = z.strictObject({
    [field]: resourceField(kind),
    allow: listOf(z.enum(names)),
    ...(isEncrypted && { kmsKey: kmsKeyField().optional() }),
  }) as unknown as z.ZodType<ResourceFields<Field, Verb>>;
  return grantEntry({
    ...facts,
    fields,
    verbs,
    regionalFields: isEncrypted ? [field, "kmsKey"] : [field],
    expand: (grant, place) =>
      grant.allow.flatMap((verb) => {
        const { actions, also = [], keyActions = [] } = verbs[verb];
        const use = { verb, actions: keyActions, service: kind.service };
        return [
          allow(verb, actions, [arn(grant[field], place)]),
          ...also,
          ...companion(use, grant.kmsKey, place),
        ];
      }),
  });
}
