import { AttachRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { AccessKey } from "../src/simulator/world.ts";

/** A user with administrator permissions and a console, in one account and region. */
export class ConsoleActor {
  readonly #iam: IAMClient;
  readonly #lambda: LambdaClient;

  constructor(endpoint: string, region: string, key: AccessKey) {
    const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
    this.#iam = new IAMClient({ endpoint, region, credentials });
    this.#lambda = new LambdaClient({ endpoint, region, credentials });
  }

  async attach(RoleName: string, PolicyArn: string): Promise<void> {
    await this.#iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  }

  async putInline(RoleName: string, PolicyName: string, statement: object): Promise<void> {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await this.#iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }

  async letAnyoneInvoke(FunctionName: string, StatementId: string): Promise<void> {
    const input = { FunctionName, StatementId, Action: "lambda:InvokeFunction", Principal: "*" };
    await this.#lambda.send(new AddPermissionCommand(input));
  }

  close(): void {
    this.#iam.destroy();
    this.#lambda.destroy();
  }
}
