import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  type LambdaClient,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { SEEDED_CODE } from "../../../src/simulator/lambda/seeded-code.ts";

interface Clients {
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
}

/** A resource of a template; references are resolved by the template: `{ Ref: id }` and `{ GetAtt: id }`. */
export interface Resource {
  readonly Type: keyof typeof TYPES;
  readonly DeletionPolicy?: "Retain";
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Template = Readonly<Record<string, Resource>>;

/** What a resource of the stack is in AWS. */
interface Physical {
  readonly ref: string;
  readonly arn: string;
}

interface Handler {
  readonly create: (properties: Values, at: Site) => Promise<Physical>;
  /** Only the changes that the pages make; none: the resource is never changed. */
  readonly update?: (properties: Values, found: Physical, at: Site) => Promise<Physical>;
  readonly remove: (found: Physical, properties: Values, at: Site) => Promise<void>;
}

/** The properties that the templates use, of all types; a template sets those that its type needs. */
interface Values {
  readonly AssumeRolePolicyDocument: object;
  readonly ManagedPolicyArns?: readonly string[];
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: object }[];
  readonly RoleName?: string;
  readonly PolicyName: string;
  readonly PolicyDocument: object;
  readonly Roles: readonly string[];
  readonly FunctionName: string;
  readonly Role: string;
  readonly Handler: string;
  readonly Runtime: "nodejs24.x";
  readonly Tags: Record<string, string>;
  readonly Name: string;
  readonly FunctionVersion: string;
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn: string;
}

interface Site extends Clients {
  readonly stack: string;
  readonly logicalId: string;
}

export interface StackPorts extends Clients {
  /** Sets tags that AWS lets no one but CloudFormation set. */
  readonly tagFunction: (name: string, tags: Readonly<Record<string, string>>) => void;
}

/**
 * Plays the updates of a stack by the calls that CloudFormation makes: it creates and changes the resources in the order of
 * the template, and deletes the removed ones after that, unless the template that was deployed before retains them.
 * Terraform makes the same calls if a resource is removed in a plan of its own.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks.html
 */
export class Stack {
  readonly #name: string | null;
  readonly #ports: StackPorts;
  #deployed: Template = {};
  readonly #physical = new Map<string, Physical>();

  /** @param name null: the tool is not one of CloudFormation, and sets no tags */
  constructor(name: string | null, ports: StackPorts) {
    this.#name = name;
    this.#ports = ports;
  }

  async deploy(template: Template): Promise<void> {
    for (const [logicalId, resource] of Object.entries(template)) await this.#put(logicalId, resource);
    const removed = Object.entries(this.#deployed).filter(([id]) => template[id] === undefined);
    for (const [logicalId, { Type, Properties, DeletionPolicy }] of removed.reverse()) {
      const found = this.#found(logicalId);
      if (DeletionPolicy !== "Retain")
        await TYPES[Type].remove(found, this.#resolved(Properties), this.#site(logicalId));
      this.#physical.delete(logicalId);
    }
    this.#deployed = template;
  }

  async #put(logicalId: string, { Type, Properties }: Resource): Promise<void> {
    const before = this.#deployed[logicalId];
    const handler: Handler = TYPES[Type];
    const values = this.#resolved(Properties);
    if (before === undefined) {
      const made = await handler.create(values, this.#site(logicalId));
      this.#physical.set(logicalId, made);
      if (Type === "AWS::Lambda::Function") this.#tag(made.ref, logicalId);
      return;
    }
    if (JSON.stringify(values) === JSON.stringify(this.#resolved(before.Properties))) return;
    if (handler.update === undefined) throw new Error(`${logicalId}: a changed ${Type} is not played`);
    const found = this.#found(logicalId);
    this.#physical.set(logicalId, await handler.update(values, found, this.#site(logicalId)));
  }

  /** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html */
  #tag(functionName: string, logicalId: string): void {
    if (this.#name === null) return;
    this.#ports.tagFunction(functionName, {
      "aws:cloudformation:stack-name": this.#name,
      "aws:cloudformation:logical-id": logicalId,
    });
  }

  #site(logicalId: string): Site {
    const { iam, lambda } = this.#ports;
    return { iam, lambda, stack: this.#name ?? "terraform", logicalId };
  }

  #found(logicalId: string): Physical {
    const found = this.#physical.get(logicalId);
    if (found === undefined) throw new Error(`${logicalId} is not in the stack`);
    return found;
  }

  #resolved(properties: Resource["Properties"]): Values {
    return JSON.parse(JSON.stringify(properties), (_, value: unknown) => {
      if (typeof value !== "object" || value === null) return value;
      if ("Ref" in value) return this.#found(String(value.Ref)).ref;
      return "GetAtt" in value ? this.#found(String(value.GetAtt)).arn : value;
    }) as Values;
  }
}

const CODE = { ZipFile: Buffer.from(SEEDED_CODE, "base64") };

const TYPES = {
  "AWS::IAM::Role": {
    create: async ({ AssumeRolePolicyDocument, ManagedPolicyArns = [], Policies = [], RoleName }, at) => {
      const name = RoleName ?? `${at.stack}-${at.logicalId}-1A2B3C4D5E6F`;
      const { Role } = await at.iam.send(
        new CreateRoleCommand({
          RoleName: name,
          AssumeRolePolicyDocument: JSON.stringify(AssumeRolePolicyDocument),
        }),
      );
      for (const PolicyArn of ManagedPolicyArns)
        await at.iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn }));
      for (const { PolicyName, PolicyDocument } of Policies)
        await putPolicy(at, name, PolicyName, PolicyDocument);
      return { ref: name, arn: Role?.Arn ?? "" };
    },
    remove: async ({ ref: RoleName }, _, { iam }) => {
      const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
      for (const { PolicyArn } of AttachedPolicies)
        await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
      const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of PolicyNames)
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    },
  },
  "AWS::IAM::Policy": {
    create: async ({ PolicyName, PolicyDocument, Roles }, at) => {
      for (const role of Roles) await putPolicy(at, role, PolicyName, PolicyDocument);
      return { ref: PolicyName, arn: "" };
    },
    remove: async (_, { PolicyName, Roles }, { iam }) => {
      for (const RoleName of Roles) {
        const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
        // CloudFormation goes on if what it deletes is gone.
        if (PolicyNames.includes(PolicyName))
          await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      }
    },
  },
  "AWS::Lambda::Function": {
    create: async ({ FunctionName, Role, Handler, Runtime, Tags }, { lambda }) => {
      const made = await lambda.send(
        new CreateFunctionCommand({ FunctionName, Role, Handler, Runtime, Tags, Code: CODE }),
      );
      return { ref: FunctionName, arn: made.FunctionArn ?? "" };
    },
    update: async ({ FunctionName, Role }, found, { lambda }) => {
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Role }));
      return found;
    },
    remove: async ({ ref: FunctionName }, _, { lambda }) => {
      await lambda.send(new DeleteFunctionCommand({ FunctionName }));
    },
  },
  "AWS::Lambda::Version": {
    create: async ({ FunctionName }, { lambda }) => {
      const { Version, FunctionArn } = await lambda.send(new PublishVersionCommand({ FunctionName }));
      return { ref: Version ?? "", arn: FunctionArn ?? "" };
    },
    remove: async ({ ref: Qualifier }, { FunctionName }, { lambda }) => {
      await lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier }));
    },
  },
  "AWS::Lambda::Alias": {
    create: async ({ FunctionName, Name, FunctionVersion }, { lambda }) => {
      const made = await lambda.send(new CreateAliasCommand({ FunctionName, Name, FunctionVersion }));
      return { ref: made.AliasArn ?? "", arn: made.AliasArn ?? "" };
    },
    update: async ({ FunctionName, Name, FunctionVersion }, found, { lambda }) => {
      await lambda.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion }));
      return found;
    },
    remove: async () => {
      throw new Error("no page removes an alias");
    },
  },
  "AWS::Lambda::Permission": {
    create: async ({ FunctionName, Action, Principal, SourceArn }, { lambda, ...at }) => {
      const StatementId = `${at.stack}-${at.logicalId}-1A2B3C4D5E6F`;
      await lambda.send(
        new AddPermissionCommand({
          FunctionName,
          Action,
          Principal,
          SourceArn,
          StatementId,
        }),
      );
      return { ref: StatementId, arn: "" };
    },
    remove: async ({ ref: StatementId }, { FunctionName }, { lambda }) => {
      await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }));
    },
  },
} as const satisfies Record<string, Handler>;

async function putPolicy(
  { iam }: Clients,
  RoleName: string,
  PolicyName: string,
  document: unknown,
): Promise<void> {
  await iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }),
  );
}
