import type { Simulator } from "../../../src/simulator/simulator.ts";
import type { WorldState } from "../../../src/simulator/world.ts";
import { allows, type EvaluatedRequest, type EvaluatedRole } from "../policies/evaluator.ts";
import { requestsAbout } from "./kept-access.ts";

/** Which permissions some roles of an account lose at any call to the simulator, asked of the second evaluator. */
export class RoleAccess {
  readonly losses: string[] = [];
  readonly #roleNamed: (name: string) => EvaluatedRole;
  /** By name: the requests that the role allowed at first. */
  readonly #requests: ReadonlyMap<string, readonly EvaluatedRequest[]>;
  /** By name: what the role was when it was asked last. */
  readonly #seen = new Map<string, string>();
  readonly #unwatch: () => void;

  constructor(
    { world, watch }: Pick<Simulator, "world" | "watch">,
    accountId: string,
    names: readonly string[],
  ) {
    this.#roleNamed = (name) => evaluatedRole(world, accountId, name);
    this.#requests = new Map(
      names.map((name) => {
        const role = this.#roleNamed(name);
        return [name, requestsAbout(role.documents).filter((request) => allows(role, request))] as const;
      }),
    );
    this.#unwatch = watch(({ when, effective, service, operation }) => {
      if (when === "after" && effective && service === "iam") this.#look(operation);
      return "go-on";
    });
  }

  /** How many requests are asked, of all roles together. */
  get asked(): number {
    return [...this.#requests.values()].reduce((sum, one) => sum + one.length, 0);
  }

  end(): void {
    this.#unwatch();
  }

  #look(operation: string): void {
    for (const [name, asked] of this.#requests) {
      const role = this.#roleNamed(name);
      const now = JSON.stringify(role);
      if (this.#seen.get(name) === now) continue;
      this.#seen.set(name, now);
      const lost = asked.filter((request) => !allows(role, request));
      this.losses.push(...lost.map(({ action }) => `${operation}: ${name} lost ${action}`));
    }
  }
}

function evaluatedRole({ accounts, awsManaged }: WorldState, accountId: string, name: string): EvaluatedRole {
  const iam = accounts[accountId]?.iam;
  const role = iam?.roles[name];
  if (iam === undefined || role === undefined) throw new Error(`no role ${name}`);
  const textOf = (arn: string): string => {
    const policy = iam.policies[arn] ?? awsManaged[arn];
    const version = policy?.versions.find(({ id }) => id === policy.defaultVersion);
    if (version === undefined) throw new Error(`no policy ${arn}`);
    return version.document;
  };
  const { inline, attached, boundaryArn } = role;
  return {
    documents: [...Object.values(inline), ...attached.map(textOf)],
    boundary: boundaryArn === undefined ? null : textOf(boundaryArn),
  };
}
