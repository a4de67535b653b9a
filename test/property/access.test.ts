import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  accessFor,
  mayAct,
  sees,
  seesEverything,
  type ApiCaller,
  type Grant,
} from "../../src/http/access/access.ts";
import { resourceAccess } from "../../src/http/kubernetes/review-answer.ts";
import { parseKey } from "../../src/model/keys/key.ts";
import type { TokenScope } from "../../src/model/values/api-token.ts";
import { checked } from "../support/record/audit-facts.ts";

const SCOPES: readonly TokenScope[] = ["read", "reconcile", "suspend", "approve"];
const NAMESPACES = ["orders", "payments", "search"];

const scopes = fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1 });
const grant: fc.Arbitrary<Grant> = fc.record({
  scopes: scopes.map((names) => new Set(names)),
  namespaces: fc.oneof(
    { weight: 1, arbitrary: fc.constant("all" as const) },
    { weight: 4, arbitrary: fc.uniqueArray(fc.constantFrom(...NAMESPACES)).map((names) => new Set(names)) },
  ),
});
const caller: fc.Arbitrary<ApiCaller> = fc
  .array(grant, { maxLength: 4 })
  .map((grants) => ({ actor: "dana", grants, provedMs: null, mail: null, endsMs: Infinity }));

/** The meaning of grants, one at a time: a request is allowed if one of them allows it alone. */
function allows(grants: readonly Grant[], wanted: readonly TokenScope[], namespace: string): boolean {
  return grants.some(
    (one) =>
      wanted.some((scope) => one.scopes.has(scope)) &&
      (one.namespaces === "all" || one.namespaces.has(namespace)),
  );
}

function keyIn(namespace: string) {
  return checked(parseKey(`function/111122223333/eu-west-1/${namespace}/api`));
}

describe("what several grants allow together", () => {
  test("is what one of them allows alone, in each namespace and for each scope", () => {
    fc.assert(
      fc.property(caller, scopes, fc.constantFrom(...NAMESPACES, "unknown"), (who, wanted, namespace) => {
        const access = accessFor(who, wanted);
        expect(access !== null && sees(access, namespace)).toBe(allows(who.grants, wanted, namespace));
      }),
    );
  });

  test("is everything only if one grant with the scope has all namespaces", () => {
    fc.assert(
      fc.property(caller, scopes, (who, wanted) => {
        const access = accessFor(who, wanted);
        const expected = who.grants.some(
          (one) => one.namespaces === "all" && wanted.some((scope) => one.scopes.has(scope)),
        );
        expect(access !== null && seesEverything(access)).toBe(expected);
      }),
    );
  });

  test("is an act on keys of several namespaces only if each of them is allowed; an act without keys is one on all", () => {
    const namespaces = fc.uniqueArray(fc.constantFrom(...NAMESPACES));
    fc.assert(
      fc.property(caller, fc.constantFrom(...SCOPES), namespaces, (who, scope, names) => {
        const everywhere = allows(who.grants, [scope], "unknown");
        const each = names.length > 0 && names.every((name) => allows(who.grants, [scope], name));
        expect(mayAct(who, scope, names.map(keyIn))).toBe(everywhere || each);
      }),
    );
  });

  test("is answered alike to kubectl auth can-i", () => {
    const asked = { group: "grantkeeper.dev", resource: "suspensions", subresource: "" };
    fc.assert(
      fc.property(caller, fc.constantFrom(...NAMESPACES), (who, namespace) => {
        const can = (verb: string): boolean => resourceAccess(who, { ...asked, verb, namespace }).allowed;
        expect([can("get"), can("create")]).toEqual([
          allows(who.grants, ["read"], namespace),
          allows(who.grants, ["suspend"], namespace),
        ]);
      }),
    );
  });
});
