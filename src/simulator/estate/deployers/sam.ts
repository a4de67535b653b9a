import { chosenAccess, estateResourceArn, estateStatements } from "../access/access.ts";
import { SAM } from "../access/dialects.ts";
import { awsManaged, BASIC_EXECUTION, type Deployment, type Site, type EstateStatement } from "../draft.ts";
import { camel, physicalName } from "../names.ts";
import { type Deploy, type DeploymentRequest, each, named, newFunction, newRole } from "./deploy.ts";
import { addResource, newStack, stackCallers, stackTags } from "./stacks.ts";

/**
 * A stack with one `AWS::Serverless::Function`: SAM creates its role, attaches the policy for logs, and writes one inline
 * policy for each policy template.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
 */
export const deploySam: Deploy = (site, request) => each(request, () => samStack(site, request));

const SIGN = { "lambda:createdBy": "SAM" };

function samStack(site: Site, request: DeploymentRequest): Deployment {
  const { domain, job } = site.names.subject();
  const logicalId = `${camel(job)}Function`;
  const stack = newStack(site, site.names.unique(`${domain}-${job}`));
  const name = request.hasLongestName
    ? named(`${domain}-${job}`, request)
    : physicalName(stack.name, logicalId, site.random);
  const role = newRole({
    name: physicalName(stack.name, `${logicalId}Role`, site.random),
    trust: samTrust(),
    attached: [awsManaged(site, BASIC_EXECUTION)],
    tags: { ...stackTags(stack, `${logicalId}Role`), ...SIGN },
  });
  const kinds = chosenAccess(site);
  for (const [index, kind] of kinds.entries())
    role.inline[`${logicalId}RolePolicy${index}`] = [...estateStatements(SAM, kind, { site, domain })];
  addResource(stack, { logicalId: `${logicalId}Role`, physicalId: role.name, type: "AWS::IAM::Role" });
  addResource(stack, { logicalId, physicalId: name, type: "AWS::Lambda::Function" });
  const callers = stackCallers(site, { stack, domain }, (id) => ({ logicalId: `${logicalId}${id}` }));
  const draft = newFunction({
    name,
    deployer: "sam",
    role,
    stack,
    callers,
    tags: { ...stackTags(stack, logicalId), ...SIGN },
    eventSources: kinds.includes("consume-queue") ? [estateResourceArn(site, "consume-queue", domain)] : [],
  });
  return { functions: [draft], policies: [] };
}

function samTrust(): EstateStatement[] {
  return [{ Effect: "Allow", Principal: { Service: ["lambda.amazonaws.com"] }, Action: ["sts:AssumeRole"] }];
}
