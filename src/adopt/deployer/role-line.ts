import type { FunctionDeployer } from "../../model/answers/coverage.ts";

/** The line that the deployer changes so that the function runs on another role. */
export interface RoleLine {
  /** Where the line is, and the line itself. */
  readonly text: string;
  /** What the tool does with the old role, or what to avoid; null: nothing in particular. */
  readonly note: string | null;
}

/** Null: no template is known. @param roleArn the new role */
export function roleLine(deployer: FunctionDeployer, roleArn: string): RoleLine | null {
  switch (deployer.kind) {
    case "cloudformation":
      return { text: `${resourceText(deployer)}: Role: ${roleArn}`, note: null };
    case "sam":
      return {
        text: `${resourceText(deployer)}: Role: ${roleArn}, and no Policies`,
        note: "SAM then creates no role",
      };
    case "cdk":
      return {
        text: `role: Role.fromRoleArn(this, "Role", "${roleArn}", { mutable: false })`,
        note: "without mutable: false, the CDK attaches policies to the role; with it, grant methods add nothing",
      };
    case "serverless":
      return {
        text: `role: ${roleArn} of the function`,
        note: "keep the old role under resources while published versions use it",
      };
    case "terraform":
      return {
        text: `${deployer.address ?? "the aws_lambda_function"}: role = "${roleArn}"`,
        note: "release the old role with removed { lifecycle { destroy = false } }; with an instance key, use terraform state rm",
      };
    case "console":
      return { text: `Configuration, Permissions, Edit: ${roleArn}`, note: "or the binder sets it" };
    case "unknown":
      return null;
  }
}

function resourceText({
  stack,
  logicalId,
}: {
  readonly stack: string;
  readonly logicalId: string | null;
}): string {
  return `${logicalId ?? "the function"} in the template of stack ${stack}`;
}
