import { DEPLOYERS, type Deployer } from "./deployer.ts";
import type { SeededRandom } from "./random.ts";
import { ALL_SITUATIONS, deployersOf, type Situation } from "./situations.ts";

/** Functions that are deployed together, and the situations of the first of them. */
export interface EstateUnit {
  readonly situations: readonly Situation[];
  readonly deployer: Deployer;
  readonly count: number;
}

/** How often each tool deploys an ordinary function. */
const WEIGHTS: Readonly<Record<Deployer, number>> = {
  sam: 24,
  cdk: 24,
  serverless: 12,
  terraform: 22,
  console: 8,
  cloudformation: 6,
  unknown: 4,
};
const BY_WEIGHT = DEPLOYERS.flatMap((deployer) => Array.from({ length: WEIGHTS[deployer] }, () => deployer));

/**
 * Every situation alone, then every two that can meet, then ordinary functions of which some are in one situation, until
 * the number of functions is reached. Larger deployments that do not fit any more are left out.
 */
export function unitsOf(count: number, random: SeededRandom): readonly EstateUnit[] {
  const pairs = ALL_SITUATIONS.flatMap((one, index) =>
    ALL_SITUATIONS.slice(index + 1).map((other): readonly Situation[] => [one, other]),
  );
  const wanted = [...ALL_SITUATIONS.map((one): readonly Situation[] => [one]), ...random.shuffled(pairs)];
  const units: EstateUnit[] = [];
  let left = count;
  for (const situations of wanted) {
    const unit = unitIn(situations, random);
    if (unit === undefined || unit.count > left) continue;
    units.push(unit);
    left -= unit.count;
  }
  while (left > 0) {
    const unit = ordinaryUnit(random, left);
    units.push(unit);
    left -= unit.count;
  }
  return units;
}

/** Undefined: the situations cannot meet. */
function unitIn(situations: readonly Situation[], random: SeededRandom): EstateUnit | undefined {
  const deployers = deployersOf(situations, DEPLOYERS);
  if (deployers.length === 0) return undefined;
  return { situations, deployer: random.pick(deployers), count: countOf(situations) };
}

function countOf(situations: readonly Situation[]): number {
  if (situations.includes("shared-role")) return 12;
  return situations.includes("serverless") || situations.includes("terraform-for-each") ? 3 : 1;
}

function ordinaryUnit(random: SeededRandom, left: number): EstateUnit {
  const deployer = random.pick(BY_WEIGHT);
  const most = deployer === "serverless" ? 5 : deployer === "terraform" && random.isIn(20) ? 4 : 1;
  const count = Math.min(left, 1 + random.below(most));
  const possible = ALL_SITUATIONS.filter(
    (each) => countOf([each]) === 1 && deployersOf([each], [deployer]).length > 0,
  );
  return { situations: random.isIn(25) ? [random.pick(possible)] : [], deployer, count };
}
