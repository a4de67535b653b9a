/** What every call to the simulator does to the functions that are adopted in it. */
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../src/model/aws/tag.ts";
import type { CallRecord } from "../../../src/simulator/calls.ts";
import type { Role } from "../../../src/simulator/iam/state.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { accountOf } from "../../../src/simulator/world.ts";
import { KeptAccess, type WatchedFunction } from "./kept-access.ts";
import { liveOfWorld, nameIn, type WorldPlace } from "./world-live.ts";

interface Watched {
  readonly place: WorldPlace;
  readonly functions: readonly WatchedFunction[];
  readonly bindings: readonly DesiredBinding[];
  /** More documents whose permissions are asked about. */
  readonly asked: readonly string[];
}

/** Whether functions lose a permission, and whether anything is written without the tags of its owner. */
export class WorldWatch {
  readonly violations: string[] = [];
  readonly #simulator: Pick<Simulator, "world" | "calls">;
  readonly #watched: Watched;
  readonly #access: KeptAccess;
  /** The ids of the roles whose policies Grantkeeper has begun to change in place. */
  readonly #replaced = new Set<string>();

  constructor(simulator: Pick<Simulator, "world" | "calls">, watched: Watched) {
    this.#simulator = simulator;
    this.#watched = watched;
    const byKey = new Map(watched.bindings.map((one) => [one.key, one]));
    this.#access = new KeptAccess(watched.functions, this.#live(), {
      isManaged: ({ key }) => {
        const one = byKey.get(key);
        return one !== undefined && this.#isManaged(one);
      },
      asked: watched.asked,
    });
  }

  get losses(): readonly string[] {
    return this.#access.losses;
  }

  get asked(): number {
    return this.#access.asked;
  }

  /** After a call that changed something. */
  changed(isOurs: boolean): void {
    const call = this.#simulator.calls().at(-1);
    if (call === undefined || (call.service !== "iam" && call.service !== "lambda")) return;
    if (isOurs) this.#checkWrite(call);
    const keys = this.#concerned(call);
    const live = this.#live(keys);
    if (isOurs) this.#access.check(live, `${call.operation} (call ${call.seq})`, keys);
    else this.#access.changedByOthers(live, keys);
  }

  end(): void {
    this.#access.check(this.#live(), "at the end");
  }

  /** How many functions run on a role of Grantkeeper, by the way of their adoption. */
  adopted(): { readonly switched: number; readonly inPlace: number } {
    const owned = this.#watched.bindings.filter((one) => {
      const role = this.#role(one.role.name);
      return this.#roleArnOf(one) === one.role.arn && role !== undefined && isTagged(role);
    });
    const inPlace = owned.filter(isInPlace).length;
    return { switched: owned.length - inPlace, inPlace };
  }

  #live(keys?: ReadonlySet<string>) {
    const { place, bindings } = this.#watched;
    const concerned = bindings.filter(({ key }) => keys?.has(key) ?? true);
    return liveOfWorld(
      this.#simulator.world,
      place,
      concerned.map(({ functionName }) => functionName),
    );
  }

  #checkWrite(call: CallRecord): void {
    const { operation, input } = call;
    const named = `${operation} ${JSON.stringify(input)}`;
    if (operation === "RemovePermission") this.violations.push(`${named} removes a statement of others`);
    const roleName = input["RoleName"];
    if (typeof roleName === "string") this.#checkRole(operation, roleName);
    if (operation !== "CreatePolicy" || JSON.stringify(input["Tags"] ?? []).includes(OWNER_TAG)) return;
    this.violations.push(`${named} has no tags`);
  }

  /** With the call its role has the tags of its owner, or had them before. */
  #checkRole(operation: string, name: string): void {
    const role = this.#role(name);
    if (role === undefined || !isTagged(role)) this.violations.push(`${operation} of ${name}, without tags`);
    if (operation !== "TagRole" && role !== undefined) this.#replaced.add(role.id);
  }

  /** The functions that the call names, and those on the role that it names; of a policy all. */
  #concerned({ input: { RoleName, FunctionName } }: CallRecord): ReadonlySet<string> {
    const { bindings } = this.#watched;
    if (typeof RoleName === "string")
      return keysOf(bindings.filter((one) => nameIn(this.#roleArnOf(one) ?? "") === RoleName));
    if (typeof FunctionName !== "string") return keysOf(bindings);
    const name = FunctionName.split(":").at(-1);
    return keysOf(bindings.filter(({ functionName }) => functionName === name));
  }

  #isManaged(one: DesiredBinding): boolean {
    if (this.#roleArnOf(one) !== one.role.arn) return false;
    return !isInPlace(one) || this.#replaced.has(this.#role(one.role.name)?.id ?? "");
  }

  #roleArnOf({ functionName }: DesiredBinding): string | undefined {
    const { accountId, region } = this.#watched.place;
    const { lambda } = accountOf(this.#simulator.world, accountId);
    return lambda[region]?.functions[functionName]?.versions["$LATEST"]?.Role;
  }

  #role(name: string): Role | undefined {
    return accountOf(this.#simulator.world, this.#watched.place.accountId).iam.roles[name];
  }
}

function keysOf(bindings: readonly DesiredBinding[]): ReadonlySet<string> {
  return new Set(bindings.map(({ key }) => key));
}

function isInPlace({ role }: DesiredBinding): boolean {
  return role.adopt === "reviewed";
}

function isTagged({ tags }: Role): boolean {
  return [INSTANCE_TAG, OWNER_TAG].every((tag) => tags.some(({ Key }) => Key === tag));
}
