import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { notCalled, type Estate, type EstateFunction } from "../../../src/adopt/estate/estate.ts";
import type { BegunRead } from "../../../src/controller/ports/estate/estate-reader.ts";
import { accountOf as stateOf, addFunction, addRole } from "../../../src/simulator/world.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { ACCOUNT, must, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

const NAMES = ["a", "b", "c", "d"];
const STARTED_MS = Date.UTC(2026, 10, 1);

let world: AwsWorld;
beforeEach(async () => {
  world = await startAwsWorld((state) => {
    for (const name of ["first", "second"]) addRole(state, { accountId: ACCOUNT, name });
    for (const name of NAMES)
      addFunction(state, {
        accountId: ACCOUNT,
        region: REGION,
        name,
        roleArn: `arn:aws:iam::${ACCOUNT}:role/first`,
      });
  });
});
afterEach(() => world.stop());

async function read(begun: BegunRead | null): Promise<Estate & { readonly kept: readonly string[] }> {
  const kept: string[] = [];
  const functionRead = ({ name }: EstateFunction): void => void kept.push(name);
  const at = { account: world.account, region: REGION, pass: "import", ofAccount: null };
  const found = orThrow(
    await world.aws.estates.read(
      { ...at, progress: () => undefined, resumable: { begun, functionRead } },
      never(),
    ),
  );
  if (found.kind === "unknown") throw new Error(found.reason);
  return { ...found.value, kept };
}

/** The functions about which a call was made since then, by the number of the calls before. */
function askedSince(seq: number): readonly string[] {
  const calls = world.simulator.calls().slice(seq);
  return calls
    .filter(({ operation }) => operation === "ListAliases")
    .map(({ input }) => String(input["FunctionName"]));
}

test("an interrupted read continues with the functions that were not read, not read completely, or are listed otherwise now, and has the time of its start", async () => {
  const first = await read(null);
  const [a, b, c] = first.functions.map(must);
  const begun = {
    observedAtMs: STARTED_MS,
    functions: [must(a), { ...must(b), aliases: notCalled("lambda:ListAliases") }, must(c)],
  };
  const latest = stateOf(world.world, ACCOUNT).lambda[REGION]?.functions["c"]?.versions["$LATEST"];
  Object.assign(must(latest), { Role: `arn:aws:iam::${ACCOUNT}:role/second` });
  const before = world.simulator.calls().length;

  const second = await read(begun);

  expect(first.kept.toSorted()).toEqual(NAMES);
  expect(askedSince(before).toSorted()).toEqual(["b", "c", "d"]);
  expect(second.observedAtMs).toBe(STARTED_MS);
  expect(second.functions.map(({ name, roleArn }) => `${name} ${roleArn.split("/").at(-1)}`)).toEqual([
    "a first",
    "b first",
    "c second",
    "d first",
  ]);
  expect(second.functions[1]?.aliases).toEqual({ kind: "known", value: [] });
  expect(second.kept.toSorted()).toEqual(NAMES);
});

test("a function of an interrupted read that does not exist any more is not in the estate", async () => {
  const { functions } = await read(null);
  delete stateOf(world.world, ACCOUNT).lambda[REGION]?.functions["a"];

  const second = await read({ observedAtMs: STARTED_MS, functions });

  expect(second.functions.map(({ name }) => name)).toEqual(["b", "c", "d"]);
});
