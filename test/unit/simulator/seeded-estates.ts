import { addEstate, type GeneratedEstate } from "../../../src/simulator/estate/estate.ts";
import type { FunctionState } from "../../../src/simulator/lambda/state.ts";
import { addAccount, emptyWorld, type AccountState, type WorldState } from "../../../src/simulator/world.ts";

export const PLACE = { accountId: "111122223333", region: "eu-west-1" };

export interface Seeded {
  readonly world: WorldState;
  readonly account: AccountState;
  readonly estate: GeneratedEstate;
}

export function estateOf(functions: number, seed = 1): Seeded {
  const world = emptyWorld();
  const account = addAccount(world, { id: PLACE.accountId, regions: [PLACE.region] });
  return { world, account, estate: addEstate(world, { ...PLACE, functions, seed }) };
}

export const small = estateOf(60);
export const large = estateOf(1_500);

export function functionsOf({ account }: Seeded): Readonly<Record<string, FunctionState>> {
  return account.lambda[PLACE.region]?.functions ?? {};
}

/** What references of manifests can name. */
export function referenced({ account }: Seeded) {
  const { region } = PLACE;
  const stacks = account.stacks?.[region] ?? {};
  return {
    stacks: Object.values(stacks),
    tags: account.tagged?.[region] ?? {},
    parameters: account.parameters?.[region] ?? {},
  };
}
