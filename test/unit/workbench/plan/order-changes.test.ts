import { expect, test } from "@jest/globals";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { Project } from "../../../../src/workbench/project/project.ts";
import { otherChanges } from "../../../../src/workbench/plan/other-changes.ts";
import { binding, desiredOf } from "../../../support/pass/bindings.ts";

const keyOf = (name: string): Key => `function/111122223333/eu-west-1/orders/${name}` as Key;

test("a change of dependsOn names the functions that are added and removed", () => {
  const project = { compilation: { desired: desiredOf([]) } } as unknown as Project;
  const [before, after] = [["capture"], ["refunds"]].map((names) =>
    binding({}, { dependsOn: names.map(keyOf) }),
  ) as [ReturnType<typeof binding>, ReturnType<typeof binding>];

  const changes = otherChanges(before, after, { base: project, head: project, broken: new Map() });

  expect(changes).toMatchObject([{ kind: "settings", what: "dependsOn + refunds, - capture" }]);
});
