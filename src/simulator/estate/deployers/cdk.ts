import { createHash } from "node:crypto";
import { chosenAccess, estateResourceArn, estateStatements } from "../access/access.ts";
import { CDK } from "../access/dialects.ts";
import {
  awsManaged,
  BASIC_EXECUTION,
  type Deployment,
  type RoleDraft,
  type Site,
  type StackDraft,
} from "../draft.ts";
import { camel, physicalName } from "../names.ts";
import { type Deploy, type DeploymentRequest, each, named, newFunction, newRole } from "./deploy.ts";
import { addResource, newStack, stackCallers, stackTags } from "./stacks.ts";

/**
 * A stack with one `lambda.Function` and `grant*` calls: logical ids end with 8 digits of a hash of the path, and one
 * inline policy has all statements.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
 */
export const deployCdk: Deploy = (site, request) => each(request, () => cdkStack(site, request));

interface Construct {
  readonly logicalId: string;
  readonly metadata: { readonly "aws:cdk:path": string };
}

function cdkStack(site: Site, request: DeploymentRequest): Deployment {
  const { domain, job } = site.names.subject();
  const stack = newStack(site, site.names.unique(`${camel(domain)}${camel(job)}Stack`));
  const id = `${camel(job)}Handler`;
  const handler = construct(stack, id, ["Resource"]);
  const name = request.hasLongestName
    ? named(`${domain}-${job}`, request)
    : physicalName(stack.name, handler.logicalId, site.random);
  const role = cdkRole(site, stack, id);
  const kinds = chosenAccess(site);
  const policy = construct(stack, id, ["ServiceRole", "DefaultPolicy", "Resource"]);
  role.inline[policy.logicalId] = kinds.flatMap((kind) => estateStatements(CDK, kind, { site, domain }));
  addResource(stack, {
    ...policy,
    physicalId: `${stack.name.slice(0, 5)}-${policy.logicalId.slice(0, 5)}-${site.random.capitals(12)}`,
    type: "AWS::IAM::Policy",
  });
  addResource(stack, { ...handler, physicalId: name, type: "AWS::Lambda::Function" });
  const callers = stackCallers(site, { stack, domain }, (logicalId) => construct(stack, id, [logicalId]));
  addResource(stack, {
    logicalId: "CDKMetadata",
    physicalId: site.random.uuid(),
    type: "AWS::CDK::Metadata",
  });
  const draft = newFunction({
    name,
    deployer: "cdk",
    role,
    stack,
    callers,
    tags: stackTags(stack, handler.logicalId),
    eventSources: kinds.includes("consume-queue") ? [estateResourceArn(site, "consume-queue", domain)] : [],
  });
  return { functions: [draft], policies: [] };
}

function cdkRole(site: Site, stack: StackDraft, id: string): RoleDraft {
  const made = construct(stack, id, ["ServiceRole", "Resource"]);
  const role = newRole({
    name: physicalName(stack.name, made.logicalId, site.random),
    trust: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } }],
    attached: [awsManaged(site, BASIC_EXECUTION)],
    tags: stackTags(stack, made.logicalId),
  });
  addResource(stack, { ...made, physicalId: role.name, type: "AWS::IAM::Role" });
  return role;
}

/** `Resource` is part of the path, and neither of the readable part of the id nor of the hash. */
function construct({ name }: StackDraft, id: string, rest: readonly string[]): Construct {
  const parts = [id, ...rest].filter((part) => part !== "Resource");
  const hash = createHash("md5").update(parts.join("/")).digest("hex").slice(0, 8).toUpperCase();
  return {
    logicalId: `${parts.join("")}${hash}`,
    metadata: { "aws:cdk:path": [name, id, ...rest].join("/") },
  };
}
