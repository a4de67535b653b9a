import { IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient, type AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import { addAccount, addRole } from "../../../../src/simulator/world.ts";
import {
  ACCOUNT,
  clientConfig,
  credentialsFor,
  documentOf,
  startSimulated,
  type Credentials,
  type Simulated,
} from "../../../support/installation/simulated.ts";

export const BASE_ACCOUNT = "999900001111";
export const BASE = `arn:aws:iam::${BASE_ACCOUNT}:role/grantkeeper-base`;
export const RoleArn = `arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/observer`;
/** A request to assume the observer that its trust policy allows. */
export const GOOD = { RoleArn, RoleSessionName: "gk-1", ExternalId: "gk-prod-observer" };
const TRUST = documentOf(
  {
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { AWS: BASE },
    Condition: {
      StringEquals: { "sts:ExternalId": "gk-prod-observer", "aws:PrincipalOrgID": "o-example" },
      StringLike: { "sts:RoleSessionName": "gk-*" },
    },
  },
  {
    Effect: "Allow",
    Action: "sts:TagSession",
    Principal: { AWS: BASE },
    Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["gk-change"] } },
  },
);

/** A simulated account whose observer a role of another account may assume; `stop` ends all clients. */
export class SessionWorld {
  /** The simulator's clock. */
  nowMs = Date.parse("2026-11-01T00:00:00Z");
  readonly #clients: { destroy(): void }[] = [];
  #simulated: Simulated | undefined;
  #base: Credentials | undefined;

  static async start(): Promise<SessionWorld> {
    const sessions = new SessionWorld();
    sessions.#simulated = await startSimulated(
      (world) => {
        addAccount(world, { id: BASE_ACCOUNT, organizationId: "o-example" });
        addRole(world, { accountId: BASE_ACCOUNT, name: "grantkeeper-base" });
        addRole(world, { accountId: ACCOUNT, name: "observer", path: "/grantkeeper-system/", trust: TRUST });
        sessions.#base = credentialsFor(world, BASE);
      },
      { nowMs: () => sessions.nowMs },
    );
    return sessions;
  }

  get simulated(): Simulated {
    if (this.#simulated === undefined) throw new Error("the simulator was not started");
    return this.#simulated;
  }

  /** The credentials of the role that may assume the observer. */
  get base(): Credentials {
    if (this.#base === undefined) throw new Error("the simulator was not started");
    return this.#base;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.simulated.stop();
  }

  /** Destroys this client at the end of the test. */
  keep<Client extends { destroy(): void }>(client: Client): Client {
    this.#clients.push(client);
    return client;
  }

  stsAs(credentials: Credentials, region?: string): STSClient {
    return this.keep(new STSClient(clientConfig(this.simulated.simulator, credentials, region)));
  }

  iamAs(credentials: Credentials): IAMClient {
    return this.keep(new IAMClient(clientConfig(this.simulated.simulator, credentials)));
  }

  async assume(input: AssumeRoleCommandInput, as = this.base): Promise<Credentials> {
    const { Credentials } = await this.stsAs(as).send(new AssumeRoleCommand(input));
    return {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
  }

  /** Replaces the trust policy of the observer. */
  setTrust(trust: string): void {
    const observer = this.simulated.world.accounts[ACCOUNT]?.iam.roles["observer"];
    if (observer !== undefined) observer.trust = trust;
  }
}
