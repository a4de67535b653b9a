import { arnFields, completedFields } from "../../../model/aws/arns/arn-fields.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import { fault, type PolicyFault } from "./fault.ts";

const SIX_PARTS = "an ARN has six parts: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE";
const IAM_RESOURCES = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
];

/** `*` or an entire ARN. IAM also completes short ones with stars; that is never intended, so they are a fault here. */
export function resourceFaults(steps: ValuePath, resource: string): readonly PolicyFault[] {
  if (resource === "*") return [];
  const parts = arnFields(resource.replaceAll(/\$\{[^{}]*\}/g, "variable"));
  const [prefix, partition = "", service = "", region = "", , name = ""] = parts;
  if (prefix !== "arn") {
    const message = `resource "${resource}" is neither an ARN nor "*"`;
    return [fault({ steps, message, fix: SIX_PARTS, identityRefusal: noArnRefusal(resource) })];
  }
  if (!/^(aws(-[a-z]+)*|\*)$/.test(partition)) {
    const message = `"${partition}" is not a partition`;
    const fix = "use aws, aws-cn or aws-us-gov";
    return [fault({ steps, message, fix, identityRefusal: partitionRefusal(resource) })];
  }
  if (parts.length < 6) return [shortArn(steps, resource, parts)];
  if (!/^[A-Za-z0-9-]+$/.test(service)) return [serviceFault(steps, resource, service)];
  return serviceFaults(steps, { resource, service, region, name });
}

/** IAM ignores the text before the first colon. */
function noArnRefusal(resource: string): string | null {
  if (!resource.includes(":")) return `Resource ${resource} must be in ARN format or "*".`;
  const partition = arnFields(resource)[1] ?? "";
  return /^(aws(-[a-z]+)*|\*)$/.test(partition) ? null : partitionRefusal(resource);
}

/** IAM's message shows the ARN completed with stars. */
function partitionRefusal(resource: string): string {
  const [, partition = "", ...rest] = completedFields(resource);
  const completed = ["arn", partition, ...rest].join(":");
  return `Partition "${partition}" is not valid for resource "${completed}".`;
}

/** What IAM takes of them: an ARN that leaves out its end. One that leaves out a part in the middle it does not. */
function shortArn(steps: ValuePath, resource: string, parts: readonly string[]): PolicyFault {
  const message = `resource "${resource}" has ${parts.length} of six parts`;
  const fields = { steps, message, fix: SIX_PARTS };
  if (parts.length < 3)
    return fault({
      ...fields,
      identityRefusal: "Resource vendor must be fully qualified and cannot contain regexes.",
    });
  if (resource.includes("::")) return fault({ ...fields, identityRefusal: LEGACY });
  return fault({ ...fields, rule: "GRM-002", message: `${message}: IAM completes it with stars` });
}

const LEGACY = "The policy failed legacy parsing";

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html "Wildcard in service name" */
function serviceFault(steps: ValuePath, resource: string, service: string): PolicyFault {
  const message = `resource "${resource}" names no service`;
  if (service === "") return fault({ steps, message, fix: SIX_PARTS, identityRefusal: LEGACY });
  return fault({ steps, rule: "GRM-002", message, fix: "wildcards can't stand for a service" });
}

interface ResourceParts {
  readonly resource: string;
  readonly service: string;
  readonly region: string;
  readonly name: string;
}

function serviceFaults(
  steps: ValuePath,
  { resource, service, region, name }: ResourceParts,
): readonly PolicyFault[] {
  const isGlobal =
    service === "iam" || (service === "s3" && !/^(accesspoint|storage-lens|job|access-grants)/.test(name));
  if (isGlobal && region !== "" && region !== "*") {
    const message = `resource "${resource}" must not name a region`;
    const identityRefusal =
      service === "iam"
        ? `IAM resource ${resource} cannot contain region information.`
        : `Resource ${resource} can not contain region information.`;
    return [fault({ steps, message, fix: "leave the region empty", identityRefusal })];
  }
  if (service !== "iam" || /^[*?]/.test(name) || name === "root") return [];
  if (IAM_RESOURCES.some((prefix) => name.startsWith(prefix))) return [];
  const identityRefusal = `IAM resource path must either be "*" or start with ${IAM_RESOURCES.join(", ")}.`;
  const fix = "begin it with role/, policy/, user/ …";
  return [fault({ steps, message: `"${name}" is not a resource of IAM`, fix, identityRefusal })];
}
