import { chosenAccess, estateStatements } from "../access/access.ts";
import { HANDWRITTEN } from "../access/dialects.ts";
import {
  awsManaged,
  BASIC_EXECUTION,
  type Deployment,
  lambdaTrust,
  type Site,
  type EstateStatement,
} from "../draft.ts";
import { camel, physicalName } from "../names.ts";
import { type Deploy, type DeploymentRequest, each, named, newFunction, newRole } from "./deploy.ts";
import { addResource, newStack, stackCallers, stackTags } from "./stacks.ts";
import { usualCallers } from "./usual-callers.ts";

/** The Lambda console: a role at /service-role/ that is named after the function; statements of the visual editor. */
export const deployConsole: Deploy = (site, request) => each(request, () => consoleFunction(site));

function consoleFunction(site: Site): Deployment {
  const { domain, job } = site.names.subject();
  const name = `${domain}-${job}`.slice(0, 45);
  const role = newRole({
    name: `${name}-role-${site.random.mixed(8).toLowerCase()}`,
    path: "/service-role/",
    trust: lambdaTrust(),
    inline: { [`${domain}-access`]: numbered(handwritten(site, domain)) },
    attached: [awsManaged(site, BASIC_EXECUTION)],
  });
  const callers = usualCallers(site, domain).map(({ input }) => ({
    StatementId: `lambda-${site.random.uuid()}`,
    ...input,
  }));
  return { functions: [newFunction({ name, deployer: "console", role, callers })], policies: [] };
}

function numbered(statements: readonly EstateStatement[]): EstateStatement[] {
  return statements.map((statement, index) => ({ Sid: `VisualEditor${index}`, ...statement }));
}

/** A CloudFormation template without a transform: the role and the function are written out and have no names. */
export const deployCloudFormation: Deploy = (site, request) => each(request, () => plainStack(site, request));

function plainStack(site: Site, request: DeploymentRequest): Deployment {
  const { domain, job } = site.names.subject();
  const stack = newStack(site, site.names.unique(`${domain}-${job}`));
  const name = request.hasLongestName
    ? named(`${domain}-${job}`, request)
    : physicalName(stack.name, "Function", site.random);
  const role = newRole({
    name: physicalName(stack.name, "ExecutionRole", site.random),
    trust: lambdaTrust(),
    inline: { [`${camel(job)}Access`]: [...handwritten(site, domain)] },
    attached: [awsManaged(site, BASIC_EXECUTION)],
    tags: stackTags(stack, "ExecutionRole"),
  });
  addResource(stack, { logicalId: "ExecutionRole", physicalId: role.name, type: "AWS::IAM::Role" });
  addResource(stack, { logicalId: "Function", physicalId: name, type: "AWS::Lambda::Function" });
  const callers = stackCallers(site, { stack, domain }, (logicalId) => ({ logicalId }));
  const draft = newFunction({
    name,
    deployer: "cloudformation",
    role,
    stack,
    callers,
    tags: stackTags(stack, "Function"),
  });
  return { functions: [draft], policies: [] };
}

/** A script with the AWS CLI: nothing shows who created the function. */
export const deployByScript: Deploy = (site, request) =>
  each(request, () => {
    const { domain, job } = site.names.subject();
    const name = named(`${domain}-${job}`, request);
    const role = newRole({
      name: site.names.unique(`lambda-${`${domain}-${job}`.slice(0, 50)}`),
      trust: lambdaTrust(),
      inline: { access: [...handwritten(site, domain)] },
      attached: [awsManaged(site, BASIC_EXECUTION)],
    });
    const callers = usualCallers(site, domain).map(({ trigger, input }) => ({
      StatementId: trigger,
      ...input,
    }));
    return { functions: [newFunction({ name, deployer: "unknown", role, callers })], policies: [] };
  });

function handwritten(site: Site, domain: string): readonly EstateStatement[] {
  return chosenAccess(site).flatMap((kind) => estateStatements(HANDWRITTEN, kind, { site, domain }));
}
