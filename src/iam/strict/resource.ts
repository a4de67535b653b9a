import { fault, type StatementFault } from "./fault.ts";

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

/** `*` or a whole ARN. IAM also completes short ones with stars; nobody means that, so it is refused here. */
export function resourceFaults(path: string, resource: string): readonly StatementFault[] {
  if (resource === "*") return [];
  const parts = resource.replaceAll(/\$\{[^{}]*\}/g, "variable").split(":");
  if (parts[0] !== "arn") return [fault(path, `resource "${resource}" is neither an ARN nor "*"`, SIX_PARTS)];
  if (parts.length < 6)
    return [fault(path, `resource "${resource}" has ${parts.length} of six parts`, SIX_PARTS)];
  const [, partition = "", service = "", region = "", , ...rest] = parts;
  if (!/^(aws(-[a-z]+)*|\*)$/.test(partition)) {
    return [fault(path, `"${partition}" is not a partition`, "use aws, aws-cn or aws-us-gov")];
  }
  if (!/^[A-Za-z0-9-]+$/.test(service)) {
    return [fault(path, `resource "${resource}" names no service`, "wildcards can't stand for a service")];
  }
  return serviceFaults(path, { resource, service, region, name: rest.join(":") });
}

interface ResourceParts {
  readonly resource: string;
  readonly service: string;
  readonly region: string;
  readonly name: string;
}

function serviceFaults(
  path: string,
  { resource, service, region, name }: ResourceParts,
): readonly StatementFault[] {
  const isGlobal =
    service === "iam" || (service === "s3" && !/^(accesspoint|storage-lens|job|access-grants)/.test(name));
  if (isGlobal && region !== "" && region !== "*") {
    return [fault(path, `resource "${resource}" must not name a region`, "leave the region empty")];
  }
  if (service !== "iam" || /^[*?]/.test(name) || name === "root") return [];
  if (IAM_RESOURCES.some((prefix) => name.startsWith(prefix))) return [];
  return [fault(path, `"${name}" is not a resource of IAM`, "begin it with role/, policy/, user/ …")];
}
