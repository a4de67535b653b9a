import { chosenAccess, estateStatements } from "../access/access.ts";
import { HANDWRITTEN } from "../access/dialects.ts";
import type { RoleDraft, Site, StackDraft, EstateStatement } from "../draft.ts";
import { camel } from "../names.ts";
import { type Deploy, newFunction, newRole } from "./deploy.ts";
import { addResource, newStack, stackCallers, stackTags } from "./stacks.ts";

const STAGE = "prod";

/**
 * A service of the Serverless Framework: one role for all functions of its stack, with two statements for logs and those
 * of `provider.iam.role.statements`.
 * @see https://www.serverless.com/framework/docs/providers/aws/guide/iam
 */
export const deployServerless: Deploy = (site, { count }) => {
  const { names } = site;
  const domain = names.domain();
  const service = names.unique(`${domain}-service`);
  const stack = newStack(site, `${service}-${STAGE}`);
  const tags = { STAGE };
  const role = serviceRole(site, { service, domain, stack });
  addResource(stack, {
    logicalId: "ServerlessDeploymentBucket",
    physicalId: `${service.slice(0, 15)}-${STAGE}-serverlessdeploymentbucket-${site.random.hex(12)}`,
    type: "AWS::S3::Bucket",
  });
  addResource(stack, { logicalId: "IamRoleLambdaExecution", physicalId: role.name, type: "AWS::IAM::Role" });
  const functions = Array.from({ length: count }, () => {
    const { job } = names.subject(service);
    const logicalId = `${normalized(job)}LambdaFunction`;
    const name = `${service}-${STAGE}-${job}`.slice(0, 64);
    addResource(stack, { logicalId, physicalId: name, type: "AWS::Lambda::Function" });
    const callers = stackCallers(site, { stack, domain }, (id) => ({
      logicalId: `${normalized(job)}Lambda${id}`,
    }));
    return newFunction({
      name,
      deployer: "serverless",
      role,
      stack,
      callers,
      tags: { ...stackTags(stack, logicalId), ...tags },
    });
  });
  return { functions, policies: [] };
};

function serviceRole(
  site: Site,
  {
    service,
    domain,
    stack,
  }: { readonly service: string; readonly domain: string; readonly stack: StackDraft },
): RoleDraft {
  const own = chosenAccess(site).flatMap((kind) => estateStatements(HANDWRITTEN, kind, { site, domain }));
  return newRole({
    name: `${service}-${STAGE}-${site.region}-lambdaRole`.slice(0, 64),
    trust: [
      { Effect: "Allow", Principal: { Service: ["lambda.amazonaws.com"] }, Action: ["sts:AssumeRole"] },
    ],
    inline: { [`${service}-${STAGE}-lambda`]: [...logStatements(site, `${service}-${STAGE}`), ...own] },
    tags: { ...stackTags(stack, "IamRoleLambdaExecution"), STAGE },
  });
}

function logStatements({ partition, region, accountId }: Site, prefix: string): readonly EstateStatement[] {
  const group = `arn:${partition}:logs:${region}:${accountId}:log-group:/aws/lambda/${prefix}*`;
  return [
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"],
      Resource: [`${group}:*`],
    },
    { Effect: "Allow", Action: ["logs:PutLogEvents"], Resource: [`${group}:*:*`] },
  ];
}

/** A function's name in logical ids: a dash is written as a word. */
function normalized(job: string): string {
  return job
    .split("-")
    .map((part, index) => (index === 0 ? camel(part) : part))
    .join("Dash");
}
