import type { Tag } from "../../model/aws/tag.ts";
import type { FunctionDeployer, StackTool } from "../../model/answers/coverage.ts";
import type { LiveRole, Reading } from "../../model/live.ts";
import { unreadText, type EstatePart } from "../estate/estate.ts";
import { isTagOfTerraform, LOGICAL_ID_TAG, STACK_TAG } from "../../model/aws/deployer-tags.ts";
import { CDK_DIGITS } from "./cdk-digits.ts";

export interface DeployerSigns {
  readonly tags: EstatePart<readonly Tag[]>;
  readonly role: Reading<LiveRole>;
  /** The address of the function in a given Terraform state; null: it is in none. */
  readonly terraformAddress: string | null;
}

const NO_SIGN = "no known sign";

/** By the first sign that is there: a Terraform state, the tags, the role. Without tags nothing is concluded from the role. */
export function deployerOf({ tags, role, terraformAddress }: DeployerSigns): FunctionDeployer {
  if (terraformAddress !== null) return { kind: "terraform", address: terraformAddress };
  if (tags.kind === "unknown") return { kind: "unknown", reason: unreadText(tags) };
  const values = new Map(tags.value.map(({ key, value }) => [key, value]));
  const stack = values.get(STACK_TAG);
  if (stack !== undefined) return stackDeployer(stack, values);
  if (tags.value.some(isTagOfTerraform)) return { kind: "terraform", address: null };
  if (role.kind === "unknown") return { kind: "unknown", reason: role.reason };
  const isOfConsole = role.kind === "present" && role.value.path === "/service-role/";
  return isOfConsole ? { kind: "console" } : { kind: "unknown", reason: NO_SIGN };
}

function stackDeployer(stack: string, values: ReadonlyMap<string, string>): FunctionDeployer {
  const logicalId = values.get(LOGICAL_ID_TAG) ?? null;
  return { kind: stackTool(stack, logicalId ?? "", values), stack, logicalId };
}

/**
 * SAM tags each function with `lambda:createdBy`. The Serverless Framework tags a stack `SERVICE-STAGE` with its STAGE, and
 * ends the logical ids of functions with LambdaFunction. The CDK ends logical ids with eight hexadecimal digits.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
 */
function stackTool(stack: string, logicalId: string, values: ReadonlyMap<string, string>): StackTool {
  if (values.get("lambda:createdBy") === "SAM") return "sam";
  const stage = values.get("STAGE");
  if (stage !== undefined && stack.endsWith(`-${stage}`) && logicalId.endsWith("LambdaFunction"))
    return "serverless";
  return CDK_DIGITS.test(logicalId) ? "cdk" : "cloudformation";
}
