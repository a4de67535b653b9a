import fc from "fast-check";
import {
  ACTIONS,
  CALLERS,
  EXCEPTED,
  FAMILIES,
  PRINCIPALS,
  RESOURCES,
  SHORT_RESOURCES,
} from "./vocabulary.ts";
import type { Asker, Documents, Written } from "./world.ts";

export interface DrawnWorld {
  readonly caller: Asker;
  readonly documents: Documents;
}

const some = <T>(values: readonly T[], most: number): fc.Arbitrary<readonly T[]> =>
  fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: most });

/** A single value may be written without its brackets. */
const written = <T>(values: readonly T[], most: number): fc.Arbitrary<T | readonly T[]> =>
  fc.tuple(some(values, most), fc.boolean()).map(([list, isBare]) => {
    const [only] = list;
    return list.length === 1 && isBare && only !== undefined ? only : list;
  });

/** A test as operator, key and values: set operator, `IfExists` and all. */
const test = fc
  .constantFrom(...FAMILIES)
  .chain((family) =>
    fc
      .tuple(
        fc.constantFrom("", "", "", "ForAllValues:", "ForAnyValue:"),
        fc.constantFrom(...family.operators),
        fc.constantFrom("", "", "IfExists"),
        fc.constantFrom(...family.keys),
        fc.oneof(
          { weight: 20, arbitrary: written(family.wanted, 3) },
          { weight: 1, arbitrary: fc.constant([]) },
        ),
      )
      .map(([set, operator, suffix, key, values]): Test => [
        `${set}${operator}${suffix}`,
        set === "" ? key : family.manyKey,
        isListed(values) || !(operator.includes("Not") || set === "ForAllValues:")
          ? values
          : (family.wanted[0] ?? ""),
      ]),
  );

/** What "not one of no values" and "all of no values" mean is not documented: no test of either is drawn. */
function isListed(values: unknown): boolean {
  return !Array.isArray(values) || values.length > 0;
}

type Test = readonly [operator: string, key: string, values: unknown];

const nullTest = fc
  .tuple(
    fc.constantFrom(...FAMILIES.flatMap(({ keys, manyKey }) => [...keys, manyKey])),
    fc.constantFrom<unknown>("true", "false", true, false, ["true", "false"], "True"),
  )
  .map(([key, value]): Test => ["Null", key, value]);

const condition = fc
  .array(fc.oneof({ weight: 7, arbitrary: test }, { weight: 1, arbitrary: nullTest }), { maxLength: 2 })
  .map((tests) => {
    const block: Record<string, Record<string, unknown>> = {};
    for (const [operator, key, values] of tests) block[operator] = { ...block[operator], [key]: values };
    return tests.length === 0 ? {} : { Condition: block };
  });

const named = (element: string, values: readonly string[]): fc.Arbitrary<Written> =>
  fc
    .tuple(fc.constantFrom("", "", "", "", "Not"), written(values, 3))
    .map(([not, list]) => ({ [`${not}${element}`]: list }));

interface Kind {
  readonly actions: readonly string[];
  readonly resources: readonly string[] | null;
  /** Null where statements have no principal. */
  readonly principal: fc.Arbitrary<Written> | null;
}

function statement({ actions, resources, principal }: Kind): fc.Arbitrary<Written> {
  return fc
    .tuple(
      fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
      named("Action", actions),
      resources === null ? fc.constant<Written>({}) : named("Resource", resources),
      principal ?? fc.constant<Written>({}),
      condition,
    )
    .map(([Effect, action, resource, who, when]) => ({
      Effect: who["NotPrincipal"] === undefined ? Effect : "Deny",
      ...action,
      ...resource,
      ...who,
      ...when,
    }));
}

function document(kind: Kind, statements: number): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", undefined),
      fc.array(statement(kind), { minLength: 1, maxLength: statements }),
    )
    .map(([Version, Statement]) => JSON.stringify({ Version, Statement }));
}

const all = [...RESOURCES, ...SHORT_RESOURCES];
export const identityPolicy = document({ actions: ACTIONS, resources: all, principal: null }, 3);
/** Allows everything. */
export const ANYTHING = JSON.stringify({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });

/** A boundary or a session policy: mostly one that leaves something. */
const limit = fc.oneof(
  fc.constant(ANYTHING),
  document({ actions: ACTIONS, resources: RESOURCES, principal: null }, 2),
);

const who = (principals: readonly unknown[]): fc.Arbitrary<Written> =>
  fc.constantFrom(...principals).map((Principal) => ({ Principal }));

export const resourcePolicy = document(
  {
    actions: ACTIONS,
    resources: RESOURCES,
    principal: fc.oneof(
      { weight: 5, arbitrary: who(["*", ...PRINCIPALS]) },
      { weight: 1, arbitrary: fc.constantFrom(...EXCEPTED).map((NotPrincipal) => ({ NotPrincipal })) },
    ),
  },
  3,
);

export const trustPolicy = document(
  {
    actions: ["sts:AssumeRole", "sts:Assume*", "sts:TagSession"],
    resources: null,
    principal: who(PRINCIPALS),
  },
  3,
);

const trustIdentity = document(
  {
    actions: ["sts:AssumeRole", "sts:*", "*", "s3:*"],
    resources: ["*", "arn:aws:iam::*:role/target", "arn:aws:iam::*:role/t?rget*"],
    principal: null,
  },
  2,
);

/** Session policies are of sessions, boundaries of those whose policies they bound. */
function fitting(caller: Asker, documents: Documents): Documents {
  const isSession = caller.kind === "role" || caller.kind === "federated-user";
  const isBounded = caller.kind === "role" || caller.kind === "user";
  const hasPolicies = isSession || isBounded;
  return {
    identity: hasPolicies ? documents.identity : [],
    boundary: isBounded ? documents.boundary : null,
    session: isSession ? documents.session : [],
    resource: documents.resource,
  };
}

function world(
  callers: readonly Asker[],
  own: fc.Arbitrary<string>,
  resource: fc.Arbitrary<Documents["resource"]>,
): fc.Arbitrary<DrawnWorld> {
  return fc
    .record({
      caller: fc.constantFrom(...callers),
      identity: fc.array(own, { maxLength: 2 }),
      boundary: fc.option(limit, { freq: 2 }),
      session: fc.array(limit, { maxLength: 1 }),
      resource,
    })
    .map(({ caller, ...documents }) => ({ caller, documents: fitting(caller, documents) }));
}

const withPolicies = CALLERS.filter((caller) => "accountId" in caller);

/** Identity policies alone; with a resource's policy; or the assumption of a role. */
export const drawnWorld: fc.Arbitrary<DrawnWorld> = fc.oneof(
  { weight: 3, arbitrary: world(withPolicies, identityPolicy, fc.constant({ kind: "none" as const })) },
  {
    weight: 3,
    arbitrary: world(
      CALLERS.filter(({ kind }) => kind !== "federated"),
      identityPolicy,
      resourcePolicy.map((text) => ({ kind: "resource" as const, text })),
    ),
  },
  {
    weight: 1,
    arbitrary: world(
      CALLERS.filter(({ kind }) => kind !== "account" && kind !== "anonymous"),
      trustIdentity,
      trustPolicy.map((text) => ({ kind: "trust" as const, text })),
    ),
  },
);
