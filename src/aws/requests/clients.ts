import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import type { Partition, Region } from "../../model/aws/ids.ts";
import { fipsProblem, homeRegionOf, type AwsEndpoints, type AwsService } from "../../model/aws/endpoints.ts";
import { partitionOfRegion } from "../../model/aws/partitions.ts";
import { DIRECT, type ProxyRoutes } from "../../model/network/proxy.ts";
import { noFipsEndpoint } from "../errors/classify.ts";
import { readRetryStrategy } from "./retry-strategy.ts";
import { RoutedHandler } from "./routed-handler.ts";

export type Credentials = NonNullable<STSClientConfig["credentials"]>;

export interface ClientOptions {
  /** Where AWS is called, and how. Endpoint settings of the environment are ignored. */
  readonly network: AwsNetwork;
  /** Null: the SDK's own chain (pod identity, container, profile …). */
  readonly baseCredentials: Credentials | null;
  readonly fetchTimeoutMs: number;
}

export interface AwsNetwork {
  /** The simulator, in place of every service; null: AWS. */
  readonly simulator: string | null;
  readonly endpoints: AwsEndpoints;
  /** The region of STS; null: the home region of the partition. */
  readonly stsRegion: Region | null;
  /** Whether services without an endpoint of their own are called at their FIPS endpoints. */
  readonly fips: boolean;
  readonly routes: ProxyRoutes;
}

/** AWS's own endpoints, unless an operator names others, such as VPC endpoints. */
export const PUBLIC_AWS: AwsNetwork = {
  simulator: null,
  endpoints: { iam: null, sts: null, lambda: {} },
  stsRegion: null,
  fips: false,
  routes: DIRECT,
};

/** The SDK repeats reads. A failed write may have had an effect, so it is never repeated. */
export type Repeat = "reads" | "never";

/** Creates all clients of the AWS SDK; they share one connection pool. */
export class Clients {
  readonly #options: ClientOptions;
  readonly #sts = new Map<Partition, STSClient>();
  #handler: RoutedHandler | null = null;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The time limit of one attempt: the same time for the start of the answer and for its body. */
  get attemptMs(): number {
    return 2 * this.#options.fetchTimeoutMs;
  }

  /** The STS client, with the base credentials. */
  sts(partition: Partition): STSClient {
    const known = this.#sts.get(partition);
    if (known !== undefined) return known;
    const { baseCredentials } = this.#options;
    const client = new STSClient({
      ...this.#config("sts", this.#stsRegion(partition), "reads"),
      ...(baseCredentials !== null && { credentials: baseCredentials }),
    });
    this.#sts.set(partition, client);
    return client;
  }

  /** Call this if AWS rejects the base credentials: the next client loads them again from the SDK's chain. */
  forgetBase(partition: Partition): void {
    this.#sts.delete(partition);
  }

  iam(partition: Partition, credentials: Credentials, repeat: Repeat): IAMClient {
    return new IAMClient({ ...this.#config("iam", homeRegionOf(partition), repeat), credentials });
  }

  lambda(region: Region, credentials: Credentials, repeat: Repeat): LambdaClient {
    return new LambdaClient({ ...this.#config("lambda", region, repeat), credentials });
  }

  /** Closes all connections. */
  close(): void {
    this.#handler?.destroy();
    for (const client of this.#sts.values()) client.destroy();
    this.#sts.clear();
  }

  #config(service: AwsService, region: string, repeat: Repeat) {
    return {
      region,
      requestHandler: this.#requestHandler(),
      customUserAgent: "grantkeeper",
      ...this.#endpoint(service, region),
      ...(repeat === "never" ? { maxAttempts: 1 } : { maxAttempts: 3, retryStrategy: readRetryStrategy() }),
    };
  }

  /** @throws AwsError if a FIPS endpoint is wanted where AWS has none */
  #endpoint(service: AwsService, region: string) {
    const { simulator, endpoints, fips } = this.#options.network;
    const own = service === "lambda" ? endpoints.lambda[region] : endpoints[service];
    const endpoint = simulator ?? own ?? null;
    const common = { ignoreConfiguredEndpointUrls: true };
    if (endpoint !== null)
      return { ...common, endpoint, useFipsEndpoint: false, useDualstackEndpoint: false };
    const problem = fips ? fipsProblem(service, region) : null;
    if (problem !== null) throw noFipsEndpoint(service, problem);
    return { ...common, useFipsEndpoint: fips };
  }

  #requestHandler(): RoutedHandler {
    const { network, fetchTimeoutMs } = this.#options;
    this.#handler ??= new RoutedHandler({ routes: network.routes, timeoutMs: fetchTimeoutMs });
    return this.#handler;
  }

  /** The configured region serves its own partition only. */
  #stsRegion(partition: Partition): string {
    const { stsRegion } = this.#options.network;
    const isOurs = stsRegion !== null && partitionOfRegion(stsRegion) === partition;
    return isOurs ? stsRegion : homeRegionOf(partition);
  }
}
