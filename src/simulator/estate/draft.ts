import type { StackResource } from "../cloudformation/state.ts";
import type { Deployer } from "./deployer.ts";
import type { Names } from "./names.ts";
import type { SeededRandom } from "./random.ts";
import type { Situation } from "./situations.ts";

/** Where functions are created, and the choices of the seed. */
export interface Site {
  readonly accountId: string;
  readonly partition: string;
  readonly region: string;
  readonly random: SeededRandom;
  readonly names: Names;
}

export type EstateStatement = Readonly<Record<string, unknown>>;

/** A function as its tool creates it, before it is in the world. Modifiers change it in place. */
export interface FunctionDraft {
  name: string;
  readonly deployer: Deployer;
  /** The same object for functions on the same role. */
  role: RoleDraft;
  /** The role of version 1, if an alias still uses it. */
  formerRole?: RoleDraft;
  /** Further input of CreateFunction. */
  readonly configuration: Record<string, unknown>;
  readonly tags: Record<string, string>;
  readonly callers: CallerDraft[];
  /** The ARNs of queues and streams whose events it receives. */
  readonly eventSources: string[];
  /** The ARN of the destination of failed events. */
  onFailure?: string;
  /** The name of a rule on the default event bus, and of one on another bus, that have it as a target. */
  ruleName?: string;
  /** Of a replica of Lambda@Edge. */
  masterArn?: string;
  /** Whether version 1 is published with the alias `live`, which then has the callers. */
  hasAlias: boolean;
  isPolicyDenied: boolean;
  readonly stack?: StackDraft;
  /** `aws_lambda_function.worker["eu"]` */
  readonly terraformAddress?: TerraformAddress;
  readonly situations: Set<Situation>;
}

export interface RoleDraft {
  readonly name: string;
  readonly path: string;
  readonly trust: EstateStatement[];
  /** Statements by the name of the inline policy. */
  readonly inline: Record<string, EstateStatement[]>;
  readonly attached: string[];
  boundaryArn?: string;
  readonly tags: Record<string, string>;
  readonly terraformAddress?: TerraformAddress;
  readonly situations: Set<Situation>;
}

/** The input of AddPermission. */
export interface CallerDraft {
  readonly StatementId: string;
  readonly Action: string;
  readonly Principal: string;
  readonly SourceArn?: string;
  readonly SourceAccount?: string;
}

export interface StackDraft {
  readonly name: string;
  readonly id: string;
  readonly resources: StackResource[];
  /** By key. */
  readonly outputs: Record<string, string>;
}

export interface TerraformAddress {
  readonly name: string;
  /** The key of `for_each`; null: a single resource. */
  readonly key: string | null;
}

/** A customer-managed policy. */
export interface PolicyDraft {
  readonly name: string;
  readonly path: string;
  readonly statements: readonly EstateStatement[];
}

/** Functions that one deployment creates together. */
export interface Deployment {
  readonly functions: readonly FunctionDraft[];
  readonly policies: readonly PolicyDraft[];
}

export function arnOfRole({ accountId, partition }: Site, { path, name }: RoleDraft): string {
  return `arn:${partition}:iam::${accountId}:role${path}${name}`;
}

export function arnOfPolicy({ accountId, partition }: Site, path: string, name: string): string {
  return `arn:${partition}:iam::${accountId}:policy${path}${name}`;
}

export function arnOfFunction({ accountId, partition, region }: Site, name: string): string {
  return `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
}

export function awsManaged({ partition }: Site, name: string): string {
  return `arn:${partition}:iam::aws:policy/${name}`;
}

export const BASIC_EXECUTION = "service-role/AWSLambdaBasicExecutionRole";

/** The trust policy that most tools write. */
export function lambdaTrust(): EstateStatement[] {
  return [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }];
}
