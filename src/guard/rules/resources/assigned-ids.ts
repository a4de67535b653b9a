/**
 * Resources whose id AWS makes in the request or in an earlier one, so that no statement can name them: a statement for
 * these actions may have a wildcard there. Only actions that create the resource, or read the state of a task.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const ASSIGNED: ReadonlyMap<string, readonly string[]> = new Map([
  ["batch:SubmitJob", ["job"]],
  ["bedrock:GetAsyncInvoke", ["async-invoke"]],
  ["ec2:CreateImage", ["image", "snapshot"]],
  ["ec2:CreateSnapshot", ["snapshot"]],
  ["ec2:CreateSnapshots", ["snapshot"]],
  ["ec2:CreateVolume", ["volume"]],
  ["mediaconvert:GetJob", ["Job"]],
  ["route53:GetChange", ["change"]],
  ["ssm:GetAutomationExecution", ["automation-execution"]],
]);

/** `type`: a name of AWS's data. */
export function isAssigned(action: string, type: string): boolean {
  return ASSIGNED.get(action)?.includes(type) === true;
}
