import { describe, expect, test } from "@jest/globals";
import type { EffectiveState } from "../../../../src/model/answers/permission-state.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import {
  connectionsOf,
  readMapFilter,
  selectConnections,
} from "../../../../src/page/view/map/connections.ts";
import { line, objectOf, OTHER_ROLE, read, ROLE } from "./states.ts";

/** The function on this role, with what it may use. */
function onRole(name: string, role: Extract<EffectiveState, { readonly kind: "read" }>["role"]) {
  const effective = read([line("dynamodb read", "table/refunds")]);
  const object = objectOf({ ...effective, role });
  return {
    ...object,
    status: { ...object.status, key: `function/111122223333/eu-west-1/payments/${name}` as Key },
  };
}

describe("the blast radius of a role", () => {
  const functions = [
    onRole("one", { kind: "declared", arn: ROLE }),
    onRole("two", { kind: "other", arn: ROLE, declaredArn: OTHER_ROLE }),
    onRole("three", { kind: "declared", arn: OTHER_ROLE }),
  ];
  const [one, two, three] = functions.map(({ status }) => status.key);

  test("has every function that runs on it, and no function that is only declared to", () => {
    const { connections } = connectionsOf(functions);

    const keysOn = (text: string) =>
      selectConnections(connections, readMapFilter(new URLSearchParams({ q: text }))).found.map(
        ({ key }) => key,
      );

    expect(keysOn("role/x")).toEqual([one, two]);
    expect(keysOn(OTHER_ROLE)).toEqual([three]);
  });
});
