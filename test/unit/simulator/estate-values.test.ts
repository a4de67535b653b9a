import { describe, expect, test } from "@jest/globals";
import { large, referenced } from "./seeded-estates.ts";

describe("the values of an estate that manifests can name", () => {
  test("are outputs of stacks, tags and parameters, which name resources that a policy names", () => {
    const { stacks, tags, parameters } = referenced(large);
    const outputs = stacks.flatMap(({ outputs: all = {} }) => Object.values(all));
    const policies = JSON.stringify(large.account.iam.roles);

    expect(outputs.length).toBeGreaterThan(20);
    expect(Object.keys(parameters).length).toBeGreaterThan(0);
    expect(Object.keys(tags).filter((arn) => !policies.includes(arn))).toEqual([]);
    expect(
      [...outputs, ...Object.values(parameters).map(({ value }) => value)].every((name) =>
        policies.includes(name),
      ),
    ).toBe(true);
  });

  test("have one owner for each resource, and of a stack its tags name the stack that has it", () => {
    const { stacks, tags } = referenced(large);
    const owners = new Map(stacks.map(({ id, outputs = {} }) => [id, new Set(Object.values(outputs))]));
    const all = stacks.flatMap(({ outputs = {} }) =>
      Object.entries(outputs).map(([key, value]) => `${key} ${value}`),
    );

    expect(new Set(all).size).toBe(all.length);
    for (const [arn, found] of Object.entries(tags)) {
      const id = found["aws:cloudformation:stack-id"];
      const name = arn.slice(Math.max(arn.lastIndexOf("/"), arn.lastIndexOf(":")) + 1);
      const isOfOwner =
        id === undefined ? found["ManagedBy"] === "terraform" : owners.get(id)?.has(name) === true;
      expect([arn, isOfOwner]).toEqual([arn, true]);
    }
  });
});
