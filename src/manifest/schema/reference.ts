import { digestOf, type Digest } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import { byTextOf } from "../../text/order.ts";
import { CALLER_ENTRIES } from "../callers/catalogue.ts";
import type { Permission } from "../../iam/read/add-permission.ts";
import { GRANT_ENTRIES } from "../grants/catalogue.ts";
import type { GrantPlace } from "../fields/resource.ts";
import type { Expansion } from "../grants/entry.ts";
import { ownLogs, prefixLogs, tracing, vpc, type PrefixLogs } from "../grants/own.ts";
import { ofSchema } from "./json-schema.ts";

/** Incremented for changes of the compiler that no entry of the catalogue shows. */
const COMPILER = 1;

/** One grant as the documentation and the catalogue's digest contain it. */
export interface GrantReference extends GrantExamples {
  readonly fields: Json;
  readonly verbs: readonly {
    readonly verb: string;
    readonly allows: string;
    readonly leavesOut: string | null;
    /** What `allow` takes in the place of the verb. */
    readonly actions: readonly string[];
  }[];
}

interface GrantExamples {
  readonly grant: string;
  readonly examples: readonly { readonly written: Json; readonly expansions: readonly Expansion[] }[];
}

/** One caller in the same form. */
export interface CallerReference extends CallerExamples {
  readonly allows: string;
  readonly fields: Json;
}

interface CallerExamples {
  readonly caller: string;
  readonly examples: readonly { readonly written: Json; readonly permissions: readonly Permission[] }[];
}

const EXAMPLE_PLACE = {
  partition: "aws",
  accountId: "111122223333",
  region: "eu-west-1",
} as const satisfies GrantPlace;

const EXAMPLE_PREFIX: PrefixLogs = { groupPrefix: "/aws/lambda/orders-prod", create: true, tag: true };

/** Every grant with its expanded examples, sorted by name. */
export function grantReference(): readonly GrantReference[] {
  return GRANT_ENTRIES.map((entry) => ({
    ...grantExamples(entry),
    fields: ofSchema(entry.fields),
    verbs: Object.entries(entry.verbs).map(([verb, { allows, leavesOut }]) => {
      const parts = [...(entry.actions?.values() ?? [])].filter(({ verbs }) => verbs.includes(verb));
      return { verb, allows, leavesOut, actions: parts.map(({ name }) => name) };
    }),
  })).sort(byTextOf(({ grant }) => grant));
}

function grantExamples({ grant, examples, expand }: (typeof GRANT_ENTRIES)[number]): GrantExamples {
  return {
    grant,
    examples: examples.map((written) => ({ written, expansions: expand(written, EXAMPLE_PLACE) })),
  };
}

/** Every caller in the same form. */
export function callerReference(): readonly CallerReference[] {
  return CALLER_ENTRIES.map((entry) => ({
    ...callerExamples(entry),
    allows: entry.allows,
    fields: ofSchema(entry.fields),
  })).sort(byTextOf(({ caller }) => caller));
}

function callerExamples({ caller, examples, expand }: (typeof CALLER_ENTRIES)[number]): CallerExamples {
  return {
    caller,
    examples: examples.map((written) => ({ written, permissions: expand(written, EXAMPLE_PLACE) })),
  };
}

/** The expanded implicit permissions of `spec`. */
export function ownReference(): readonly {
  readonly field: string;
  readonly expansions: readonly Expansion[];
}[] {
  const functionArn = "arn:aws:lambda:eu-west-1:111122223333:function:orders-api";
  return [
    { field: "logs", expansions: ownLogs({ group: "/aws/lambda/orders-api", create: true }, EXAMPLE_PLACE) },
    { field: "logs.groupPrefix", expansions: prefixLogs(EXAMPLE_PREFIX, EXAMPLE_PLACE) },
    { field: "tracing", expansions: tracing() },
    { field: "vpc", expansions: vpc(functionArn) },
  ];
}

/**
 * A digest of the meaning of manifests: if an upgrade changes it, the same manifests may compile to something else, which
 * is held like a push. Wording is not part of it. A controller computes it at each start, so the schemas of the fields,
 * which are not part of it either, are not made here.
 */
export const catalogueDigest: Digest = digestOf({
  compiler: COMPILER,
  grants: GRANT_ENTRIES.map(grantExamples)
    .sort(byTextOf(({ grant }) => grant))
    .map(({ grant, examples }) => [grant, ...examples.map(({ expansions }) => meaning(expansions))]),
  callers: CALLER_ENTRIES.map(callerExamples)
    .sort(byTextOf(({ caller }) => caller))
    .map(({ caller, examples }) => [
      caller,
      ...examples.map(({ permissions }) => permissions.map((permission) => ({ ...permission }))),
    ]),
  own: ownReference().map(({ field, expansions }) => [field, meaning(expansions)]),
});

function meaning(expansions: readonly Expansion[]): Json {
  return expansions.map(({ verb, effect, actions, resources, condition }) => [
    verb,
    effect,
    actions,
    resources,
    condition,
  ]);
}
