import { newRole } from "../deployers/deploy.ts";
import { addResource, permissionSid } from "../deployers/stacks.ts";
import { apiArn, allowInvoke } from "../deployers/usual-callers.ts";
import { awsManaged, BASIC_EXECUTION, type CallerDraft, type FunctionDraft, lambdaTrust } from "../draft.ts";
import { type Modify, PARTNER_ACCOUNT } from "./role.ts";

export const leaveAliasOnFormerRole: Modify = (draft, site) => {
  draft.hasAlias = true;
  draft.formerRole = newRole({
    name: site.names.unique(`${draft.role.name.slice(0, 52)}-v1`),
    trust: lambdaTrust(),
    inline: structuredClone(draft.role.inline),
    attached: [awsManaged(site, BASIC_EXECUTION)],
  });
};

/**
 * A replica has its master's name behind the region of the master, `us-east-1`.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html
 */
export const replicate: Modify = (draft, { partition, accountId }) => {
  draft.masterArn = `arn:${partition}:lambda:us-east-1:${accountId}:function:${draft.name}:1`;
  renameTo(draft, `us-east-1.${draft.name.slice(0, 54)}`);
  if (!draft.role.trust.some((statement) => JSON.stringify(statement).includes("edgelambda")))
    draft.role.trust.push({
      Effect: "Allow",
      Principal: { Service: "edgelambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    });
};

/** CloudFormation knows the master of a replica, not the replica. */
function renameTo(draft: FunctionDraft, name: string): void {
  draft.name = name;
  for (const key of Object.keys(draft.tags)) if (key.startsWith("aws:")) delete draft.tags[key];
}

export const useImage: Modify = ({ name, configuration }, { accountId, region }) => {
  configuration["PackageType"] = "Image";
  configuration["Code"] = { ImageUri: `${accountId}.dkr.ecr.${region}.amazonaws.com/functions:${name}` };
  configuration["Runtime"] = undefined;
  configuration["Handler"] = undefined;
};

export const joinVpc: Modify = ({ configuration, role }, site) => {
  configuration["VpcConfig"] = { SubnetIds: ["subnet-0a1b2c3d"], SecurityGroupIds: ["sg-0a1b2c3d"] };
  const access = awsManaged(site, "service-role/AWSLambdaVPCAccessExecutionRole");
  if (!role.attached.includes(access)) role.attached.push(access);
};

/** The role may send to the queue of the destination, and not to the dead-letter queue. */
export const setDestinations: Modify = (draft, { partition, region, accountId }) => {
  const queue = (end: string): string =>
    `arn:${partition}:sqs:${region}:${accountId}:${draft.name.slice(0, 60)}-${end}`;
  draft.configuration["DeadLetterConfig"] = { TargetArn: queue("dead") };
  draft.onFailure = queue("failed");
  draft.role.inline["destination"] = [
    { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue("failed") },
  ];
};

export const allowAccount: Modify = ({ callers }) => {
  callers.push({ StatementId: "partner", Action: "lambda:InvokeFunction", Principal: PARTNER_ACCOUNT });
};

/** The API Gateway console names its statements with UUIDs, one for each method. */
export const addConsoleApi: Modify = ({ callers }, site) => {
  const api = apiArn(site);
  const statement = (path: string): CallerDraft => ({
    StatementId: site.random.uuid(),
    ...allowInvoke("apigateway.amazonaws.com", { SourceArn: `${api}/*/${path}` }),
  });
  callers.push(statement("GET/orders"), statement("POST/orders"));
};

/** A path of an API that SAM declares as an event of the function. */
export const addApiEvent: Modify = ({ stack, callers }, site) => {
  if (stack === undefined) return;
  const SourceArn = `${apiArn(site)}/*/GET/status`;
  const StatementId = permissionSid(stack, "StatusEventPermission", site);
  addResource(stack, {
    logicalId: "StatusEventPermission",
    physicalId: StatementId,
    type: "AWS::Lambda::Permission",
  });
  callers.push({ StatementId, ...allowInvoke("apigateway.amazonaws.com", { SourceArn }) });
};

export const addBucketWithoutAccount: Modify = (draft, { partition, accountId }) => {
  const SourceArn = `arn:${partition}:s3:::acme-uploads-${accountId}`;
  draft.callers.push({ StatementId: "s3-uploads", ...allowInvoke("s3.amazonaws.com", { SourceArn }) });
};

export const addAnyRule: Modify = (draft, { partition, region, accountId }) => {
  const SourceArn = `arn:${partition}:events:${region}:${accountId}:rule/*`;
  draft.callers.push({ StatementId: "all-rules", ...allowInvoke("events.amazonaws.com", { SourceArn }) });
  draft.ruleName = `call-${draft.name.slice(0, 50)}`;
};

/** The name of a role that is deleted after the statements that name it were written. */
export const DELETED_CALLER = "former-caller";

export const addDeletedCaller: Modify = ({ callers }, { partition, accountId }) => {
  const Principal = `arn:${partition}:iam::${accountId}:role/${DELETED_CALLER}`;
  callers.push({ StatementId: DELETED_CALLER, Action: "lambda:InvokeFunction", Principal });
};

export const denyPolicy: Modify = (draft) => {
  draft.isPolicyDenied = true;
};
