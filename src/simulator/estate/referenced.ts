import { accountOf, type WorldState } from "../world.ts";
import { addResource, stackTags } from "./deployers/stacks.ts";
import type { FunctionDraft, Site, StackDraft } from "./draft.ts";
import { camel } from "./names.ts";

/** A table, queue, topic or bucket that functions use. */
interface UsedResource {
  readonly arn: string;
  readonly name: string;
  readonly kind: ReferencedKind;
}

interface ReferencedKind {
  readonly pattern: RegExp;
  readonly type: string;
  /** The end of its logical id, of the key of its output and of the name of its parameter. */
  readonly word: string;
}

const KINDS: readonly ReferencedKind[] = [
  { pattern: /^arn:[^:]+:dynamodb:[^:]+:\d+:table\/([\w.-]+)/, type: "AWS::DynamoDB::Table", word: "Table" },
  { pattern: /^arn:[^:]+:sqs:[^:]+:\d+:([\w-]+)$/, type: "AWS::SQS::Queue", word: "Queue" },
  { pattern: /^arn:[^:]+:sns:[^:]+:\d+:([\w-]+)$/, type: "AWS::SNS::Topic", word: "Topic" },
  { pattern: /^arn:[^:]+:s3:::([\w.-]+)/, type: "AWS::S3::Bucket", word: "Bucket" },
];

/**
 * Adds what references of manifests can name. The first function that uses a resource has it from its own deployment: a
 * stack has it as a resource with the tags of CloudFormation, and its name as an output. Terraform tags it and writes its
 * name into an SSM parameter. Before the stacks are written.
 */
export function writeReferenced(world: WorldState, site: Site, functions: readonly FunctionDraft[]): void {
  const account = accountOf(world, site.accountId);
  const tagged = ((account.tagged ??= {})[site.region] ??= {});
  const parameters = ((account.parameters ??= {})[site.region] ??= {});
  const owned = new Set<string>();
  for (const draft of functions)
    for (const resource of usedBy(draft)) {
      if (owned.has(resource.arn)) continue;
      owned.add(resource.arn);
      const { stack } = draft;
      if (stack !== undefined) tagged[resource.arn] = inStack(stack, resource);
      if (draft.deployer !== "terraform") continue;
      tagged[resource.arn] = { ManagedBy: "terraform", Name: resource.name };
      const name = `/terraform/${resource.name}/${resource.kind.word.toLowerCase()}`;
      parameters[name] = { type: "String", value: resource.name };
    }
}

/** @returns its tags */
function inStack(stack: StackDraft, { name, kind }: UsedResource): Record<string, string> {
  const logicalId = `${camel(name)}${kind.word}`;
  addResource(stack, { logicalId, physicalId: name, type: kind.type });
  stack.outputs[`${logicalId}Name`] = name;
  return stackTags(stack, logicalId);
}

/** In the order of the statements. */
function usedBy({ role }: FunctionDraft): readonly UsedResource[] {
  return Object.values(role.inline)
    .flat()
    .flatMap(({ Resource }) => Resource)
    .flatMap((arn) => (typeof arn === "string" ? resourceIn(arn) : []));
}

function resourceIn(text: string): readonly UsedResource[] {
  for (const kind of KINDS) {
    const [arn, name] = kind.pattern.exec(text) ?? [];
    if (arn !== undefined && name !== undefined) return [{ arn, name, kind }];
  }
  return [];
}
