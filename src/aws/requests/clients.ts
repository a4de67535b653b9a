import type { Environment } from "../../model/network/environment.ts";
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import type { OrganizationsClient } from "@aws-sdk/client-organizations";
import type { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import type { Partition, Region } from "../../model/aws/ids.ts";
import {
  configuredEndpoint,
  fipsProblem,
  homeRegionOf,
  organizationsRegionOf,
  stsRegionOf,
  type AwsEndpoints,
  type AwsService,
} from "../../model/aws/endpoints.ts";
import { classOfError } from "../../model/aws/errors/error-codes.ts";
import { DIRECT, type ProxyRoutes } from "../../model/network/proxy.ts";
import type { ClockOffset } from "../../model/changes/clock-offset.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { BaseCredentials } from "../credentials/base-credentials.ts";
import { roleAssumers } from "../credentials/role-assumers.ts";
import { noFipsEndpoint } from "../errors/classify.ts";
import { AwsClock, type AwsTime, type ClockReading } from "./aws-clock.ts";
import { RoutedHandler } from "./routed-handler.ts";
import { StandardRetryStrategy } from "@smithy/core/retry";

export type Credentials = NonNullable<STSClientConfig["credentials"]>;

export interface ClientOptions {
  /** Where AWS is called, and how. Endpoint settings of the environment are ignored. */
  readonly network: AwsNetwork;
  /** Null: those that the process finds (profile, web identity, container, instance …). */
  readonly baseCredentials: Credentials | null;
  /** Of the process: names where credentials come from. */
  readonly env: Environment;
  readonly clock: Pick<Clock, "nowMs">;
  readonly telemetry: Telemetry;
  readonly fetchTimeoutMs: number;
}

export interface AwsNetwork {
  /** The simulator, in place of every service; null: AWS. */
  readonly simulator: string | null;
  readonly endpoints: AwsEndpoints;
  /** The region of STS in its partition; null: that of the endpoint of STS, else the home region. */
  readonly stsRegion: Region | null;
  /** Whether services without an endpoint of their own are called at their FIPS endpoints. */
  readonly fips: boolean;
  readonly routes: ProxyRoutes;
}

/** AWS's own endpoints, unless an operator names others, such as VPC endpoints. */
export const PUBLIC_AWS: AwsNetwork = {
  simulator: null,
  endpoints: {
    iam: {},
    sts: {},
    organizations: {},
    lambda: {},
    tagging: {},
    cloudformation: {},
    ssm: {},
    cloudtrail: {},
    events: {},
  },
  stsRegion: null,
  fips: false,
  routes: DIRECT,
};

/** The SDK repeats reads. A failed write may have had an effect, so it is never repeated. */
export type Repeat = "reads" | "never";

/** The identity of the process in one partition. */
interface Base {
  readonly client: STSClient;
  /** Null: they were given. */
  readonly credentials: BaseCredentials | null;
}

/** Creates all clients of the AWS SDK; they share one connection pool. */
export class Clients {
  readonly #options: ClientOptions;
  readonly #base = new Map<Partition, Base>();
  /** By endpoint. */
  readonly #queues = new Map<string, SQSClient>();
  readonly #awsClock = new AwsClock();
  #handler: RoutedHandler | null = null;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The time limit of one attempt: the same time for the start of the answer and for its body. */
  get attemptMs(): number {
    return 2 * this.#options.fetchTimeoutMs;
  }

  /** Of AWS's clock, by its answers of the last 15 minutes; null: there are none. */
  clockOffset(): ClockOffset | null {
    return this.#awsClock.offset(this.#moment());
  }

  /** Of AWS's clock; null: as for `clockOffset`. */
  awsTime(): AwsTime | null {
    return this.#awsClock.time(this.#moment());
  }

  #moment(): ClockReading {
    return { wallMs: this.#options.clock.nowMs(), steadyMs: performance.now() };
  }

  /** The STS client, with the base credentials. */
  sts(partition: Partition): STSClient {
    return this.#baseOf(partition).client;
  }

  /** Where the base credentials come from, for people. @throws CredentialsError or NetworkError */
  async basePlace(partition: Partition): Promise<string> {
    const { credentials } = this.#baseOf(partition);
    return credentials === null ? "the program" : (await credentials.get()).place;
  }

  /** Call this if AWS rejects the base credentials: the next client finds them again. */
  forgetBase(partition: Partition): void {
    this.#base.delete(partition);
  }

  #baseOf(partition: Partition): Base {
    const known = this.#base.get(partition);
    if (known !== undefined) return known;
    const config = this.#config("sts", this.stsRegion(partition), "reads");
    const base = this.#openBase(config);
    this.#base.set(partition, base);
    return base;
  }

  #openBase(config: STSClientConfig): Base {
    const { baseCredentials: given, env, clock, telemetry } = this.#options;
    if (given !== null)
      return { client: new STSClient({ ...config, credentials: given }), credentials: null };
    const requestHandler = this.#requestHandler();
    const roles = roleAssumers(config);
    const credentials = new BaseCredentials({ env, requestHandler, roles, clock, telemetry });
    const provider = async () => (await credentials.get()).credentials;
    return { client: new STSClient({ ...config, credentials: provider }), credentials };
  }

  iam(partition: Partition, credentials: Credentials, repeat: Repeat): IAMClient {
    return new IAMClient({ ...this.#config("iam", homeRegionOf(partition), repeat), credentials });
  }

  lambda(region: Region, credentials: Credentials, repeat: Repeat): LambdaClient {
    return new LambdaClient({ ...this.#config("lambda", region, repeat), credentials });
  }

  /** Loaded when an AccountSet needs it. */
  async organizations(
    partition: Partition,
    credentials: Credentials,
    repeat: Repeat,
  ): Promise<OrganizationsClient> {
    const { OrganizationsClient } = await import("@aws-sdk/client-organizations");
    return new OrganizationsClient({
      ...this.#config("organizations", organizationsRegionOf(partition), repeat),
      credentials,
    });
  }

  /** Loaded when tags of functions are read. */
  async tagging(
    region: Region,
    credentials: Credentials,
    repeat: Repeat,
  ): Promise<ResourceGroupsTaggingAPIClient> {
    const { ResourceGroupsTaggingAPIClient } = await import("@aws-sdk/client-resource-groups-tagging-api");
    return new ResourceGroupsTaggingAPIClient({ ...this.#config("tagging", region, repeat), credentials });
  }

  /** Loaded when a role is taken over in place, or a manifest names the output of a stack. */
  async cloudFormation(
    region: Region,
    credentials: Credentials,
    repeat: Repeat,
  ): Promise<CloudFormationClient> {
    const { CloudFormationClient } = await import("@aws-sdk/client-cloudformation");
    return new CloudFormationClient({ ...this.#config("cloudformation", region, repeat), credentials });
  }

  /** Loaded when a manifest names a parameter. */
  async ssm(region: Region, credentials: Credentials, repeat: Repeat): Promise<SSMClient> {
    const { SSMClient } = await import("@aws-sdk/client-ssm");
    return new SSMClient({ ...this.#config("ssm", region, repeat), credentials });
  }

  /** Loaded when CloudTrail is asked who made a difference. */
  async cloudTrail(region: Region, credentials: Credentials, repeat: Repeat): Promise<CloudTrailClient> {
    const { CloudTrailClient } = await import("@aws-sdk/client-cloudtrail");
    return new CloudTrailClient({ ...this.#config("cloudtrail", region, repeat), credentials });
  }

  /** Loaded when rules of EventBridge are read. */
  async events(region: Region, credentials: Credentials, repeat: Repeat): Promise<EventBridgeClient> {
    const { EventBridgeClient } = await import("@aws-sdk/client-eventbridge");
    return new EventBridgeClient({ ...this.#config("events", region, repeat), credentials });
  }

  /** With the base credentials, at the endpoint of the queue's URL. Loaded when a source has a queue; the reader repeats. */
  async sqs(
    partition: Partition,
    { region, endpoint }: { readonly region: string; readonly endpoint: string },
  ): Promise<SQSClient> {
    const { SQSClient } = await import("@aws-sdk/client-sqs");
    const known = this.#queues.get(endpoint);
    if (known !== undefined) return known;
    const client = new SQSClient({
      region,
      requestHandler: this.#requestHandler(),
      customUserAgent: "grantkeeper",
      ignoreConfiguredEndpointUrls: true,
      endpoint: this.#options.network.simulator ?? endpoint,
      maxAttempts: 1,
      credentials: () => this.sts(partition).config.credentials(),
    });
    this.#queues.set(endpoint, client);
    return client;
  }

  /** Closes all connections. */
  close(): void {
    this.#handler?.destroy();
    for (const { client } of this.#base.values()) client.destroy();
    this.#base.clear();
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
    const endpoint = simulator ?? configuredEndpoint(endpoints, service, region);
    const common = { ignoreConfiguredEndpointUrls: true };
    if (endpoint !== null)
      return { ...common, endpoint, useFipsEndpoint: false, useDualstackEndpoint: false };
    const problem = fips ? fipsProblem(service, region) : null;
    if (problem !== null) throw noFipsEndpoint(service, problem);
    return { ...common, useFipsEndpoint: fips };
  }

  #requestHandler(): RoutedHandler {
    const { network, fetchTimeoutMs: timeoutMs, clock } = this.#options;
    const { routes } = network;
    this.#handler ??= new RoutedHandler({ routes, timeoutMs, clock, awsClock: this.#awsClock });
    return this.#handler;
  }

  stsRegion(partition: Partition): string {
    const { stsRegion, endpoints } = this.#options.network;
    return stsRegionOf(partition, stsRegion, endpoints);
  }
}

const ATTEMPTS = 3;

/**
 * The SDK's standard retries, except for `LimitExceeded` of IAM: there it is a quota, which a retry does not change,
 * although the SDK treats the code as throttling.
 */
function readRetryStrategy() {
  const standard = new StandardRetryStrategy(ATTEMPTS);
  return {
    acquireInitialRetryToken: (scope: string) => standard.acquireInitialRetryToken(scope),
    recordSuccess: (token: Parameters<typeof standard.recordSuccess>[0]) => standard.recordSuccess(token),
    refreshRetryTokenForRetry: async (
      ...[token, failure]: Parameters<typeof standard.refreshRetryTokenForRetry>
    ) => {
      if (classOfError(failure.error) === "quota") throw new Error("a retry does not help against a quota");
      return standard.refreshRetryTokenForRetry(token, failure);
    },
  };
}
