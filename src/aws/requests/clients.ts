import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import type { Partition, Region } from "../../model/aws/ids.ts";
import { readRetryStrategy } from "./retry-strategy.ts";

export type Credentials = NonNullable<STSClientConfig["credentials"]>;

export interface ClientOptions {
  /** Null for AWS itself. Endpoint settings of the environment are ignored. */
  readonly endpoint: string | null;
  /** Null: the SDK's own chain (pod identity, container, profile …). */
  readonly baseCredentials: Credentials | null;
  readonly fetchTimeoutMs: number;
}

/** The signing region of IAM and STS in each partition: a region that cannot be disabled. */
const HOME_REGIONS: Readonly<Record<string, string>> = {
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-eusc": "eusc-de-east-1",
  "aws-iso": "us-iso-east-1",
  "aws-iso-b": "us-isob-east-1",
  "aws-iso-e": "eu-isoe-west-1",
  "aws-iso-f": "us-isof-south-1",
  "aws-us-gov": "us-gov-west-1",
};

/** The SDK repeats reads. A failed write may have had an effect, so it is never repeated. */
export type Repeat = "reads" | "never";

/** Creates all clients of the AWS SDK; they share one connection pool. */
export class Clients {
  readonly #options: ClientOptions;
  readonly #sts = new Map<Partition, STSClient>();
  #handler: STSClient["config"]["requestHandler"] | null = null;

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
      ...this.#config(homeRegion(partition), "reads"),
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
    return new IAMClient({ ...this.#config(homeRegion(partition), repeat), credentials });
  }

  lambda(region: Region, credentials: Credentials, repeat: Repeat): LambdaClient {
    return new LambdaClient({ ...this.#config(region, repeat), credentials });
  }

  /** Closes all connections. */
  close(): void {
    this.#handler?.destroy?.();
    for (const client of this.#sts.values()) client.destroy();
    this.#sts.clear();
  }

  #config(region: string, repeat: Repeat) {
    const { endpoint } = this.#options;
    return {
      region,
      requestHandler: this.#requestHandler(),
      customUserAgent: "grantkeeper",
      ignoreConfiguredEndpointUrls: true,
      ...(endpoint !== null && { endpoint }),
      ...(repeat === "never" ? { maxAttempts: 1 } : { maxAttempts: 3, retryStrategy: readRetryStrategy() }),
    };
  }

  #requestHandler(): STSClient["config"]["requestHandler"] {
    const { fetchTimeoutMs } = this.#options;
    this.#handler ??= new STSClient({
      region: "us-east-1",
      requestHandler: {
        connectionTimeout: fetchTimeoutMs,
        requestTimeout: fetchTimeoutMs,
        socketTimeout: fetchTimeoutMs,
        throwOnRequestTimeout: true,
      },
    }).config.requestHandler;
    return this.#handler;
  }
}

function homeRegion(partition: Partition): string {
  return HOME_REGIONS[partition] ?? "us-east-1";
}
