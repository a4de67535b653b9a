import * as iam from "@aws-sdk/client-iam";
import * as lambda from "@aws-sdk/client-lambda";
import { setTimeout as timer } from "node:timers/promises";
import { addAccessKey, type WorldState } from "../../src/simulator/world.ts";
import { tenths } from "../measure.ts";
import { ACCOUNT, REGION } from "./bundles.ts";
import type { Part, Peer } from "./patterns.ts";

export interface Replayed {
  readonly name: string;
  readonly bundles: number;
  readonly wallMs: number;
  /** Answered ones, by operation. */
  readonly calls: Readonly<Record<string, number>>;
}

/** The names of a bundle's parts in the simulated account. */
export interface LiveBundle {
  readonly RoleName: string;
  readonly PolicyArn: string;
  readonly FunctionName: string;
}

/** Terraform's standard. */
const ATTEMPTS = 25;
/** The SDK gives up sooner while most calls are throttled. Then each of the tools comes back to the object. */
const GIVEN_UP_MS = 1_000;

/** Someone in the account who may do everything. */
export interface Administrator {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Gives the simulated account a user with a key. Nothing else may call AWS meanwhile. */
export async function addAdministrator(endpoint: string): Promise<Administrator> {
  const state = `${endpoint}/_simulator/state`;
  const world = (await (await fetch(state)).json()) as WorldState;
  const principalArn = `arn:aws:iam::${ACCOUNT}:user/alice`;
  const { id, secret } = addAccessKey(world, { accountId: ACCOUNT, principalArn });
  await fetch(state, { method: "PUT", body: JSON.stringify(world) });
  return { endpoint, credentials: { accessKeyId: id, secretAccessKey: secret } };
}

/** The clients of AWS's SDK, with the same retries for every peer. */
export class PeerReplay {
  readonly #iam: iam.IAMClient;
  readonly #lambda: lambda.LambdaClient;

  constructor({ endpoint, credentials }: Administrator) {
    const config = { endpoint, region: REGION, credentials, maxAttempts: ATTEMPTS };
    this.#iam = new iam.IAMClient(config);
    this.#lambda = new lambda.LambdaClient(config);
  }

  /** One pass over every bundle of the account. */
  async run(peer: Peer): Promise<Replayed> {
    const bundles = await this.bundles();
    const counts = new Map<string, number>();
    const startedMs = performance.now();
    const parts = Object.entries(peer.calls) as readonly (readonly [Part, readonly string[]])[];
    const jobs = parts.map(([, calls]) =>
      bundles.map((bundle) => async () => {
        for (const call of calls) {
          await this.#call(call, bundle);
          counts.set(call, (counts.get(call) ?? 0) + 1);
        }
      }),
    );
    const queues = peer.workers.of === "each" ? jobs : [jobs.flat()];
    await Promise.all(queues.map((queue) => inParallel(peer.workers.count, queue)));
    return {
      name: peer.name,
      bundles: bundles.length,
      wallMs: tenths(performance.now() - startedMs),
      calls: Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  close(): void {
    this.#iam.destroy();
    this.#lambda.destroy();
  }

  async bundles(): Promise<readonly LiveBundle[]> {
    const { Policies = [] } = await this.#iam.send(
      new iam.ListPoliciesCommand({ Scope: "Local", MaxItems: 1_000 }),
    );
    const { Roles = [] } = await this.#iam.send(new iam.ListRolesCommand({ MaxItems: 1_000 }));
    return Policies.flatMap(({ Arn: PolicyArn = "", PolicyName = "" }) => {
      const FunctionName = /fn-\d{5}/.exec(PolicyName)?.[0];
      const role = Roles.find(({ RoleName = "" }) => RoleName.includes(FunctionName ?? " "));
      if (FunctionName === undefined || role?.RoleName === undefined) return [];
      return [{ FunctionName, PolicyArn, RoleName: role.RoleName }];
    });
  }

  /** An answer that there is no such thing, or that the simulator does not have the operation, is an answer too. */
  async #call(call: string, bundle: LiveBundle): Promise<void> {
    while ((await this.#attempt(call, bundle)) === "throttled") await timer(GIVEN_UP_MS);
  }

  async #attempt(
    call: string,
    { RoleName, PolicyArn, FunctionName }: LiveBundle,
  ): Promise<"answered" | "throttled"> {
    const [service, operation = ""] = call.split(":");
    const names = { RoleName, PolicyArn, FunctionName, PolicyName: FunctionName };
    const input = { ...names, VersionId: "v1", Name: "live", Qualifier: "live" };
    try {
      if (service === "iam") await this.#iam.send(commandOf(iam, operation, input) as never);
      else await this.#lambda.send(commandOf(lambda, operation, input) as never);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (/Throttling|TooManyRequests/.test(error.name)) return "throttled";
    }
    return "answered";
  }
}

/** The SDK sends only the members that the operation knows. */
function commandOf(sdk: object, operation: string, input: object): object {
  const Command = (sdk as Record<string, new (input: object) => object>)[`${operation}Command`];
  if (Command === undefined) throw new Error(`the SDK has no ${operation}`);
  return new Command(input);
}

async function inParallel(workers: number, jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: workers }, work));
}
