import type { Stack } from "@aws-sdk/client-cloudformation";
import type { ReferenceAnswer } from "../../controller/ports/estate/references.ts";
import { parseStackId, type ReferencePlace } from "../../model/aws/reference.ts";
import { incompleteAnswer } from "../errors/classify.ts";
import { failed, unusable, type PlaceAnswer } from "./answer.ts";
import type { RegionReader } from "./region-reader.ts";
import { type Result, resultOf } from "../../model/values/result.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";

export interface WantedOutput {
  readonly stack: string;
  readonly output: string;
  readonly place: ReferencePlace;
}

/** One call for each stack. */
export async function outputAnswers(
  wanted: readonly WantedOutput[],
  reader: RegionReader,
): Promise<readonly PlaceAnswer[]> {
  const answers: PlaceAnswer[] = [];
  for (const [stack, ofStack] of Map.groupBy(wanted, (one) => one.stack)) {
    const found = await resultOf(reader.stack(stack), AwsError);
    for (const one of ofStack) answers.push([one.place, outputAnswer(one, found)]);
  }
  return answers;
}

/** CloudFormation has no code of its own for a stack that does not exist; the names that it would refuse are not asked for. */
function outputAnswer(
  { stack, output }: WantedOutput,
  found: Result<Stack | null, AwsError>,
): ReferenceAnswer {
  if (found.kind === "err") {
    const { error } = found;
    return error.facts.code === "ValidationError" ? noStack(stack) : failed(error);
  }
  if (found.value === null) return noStack(stack);
  const named = found.value.Outputs?.find(({ OutputKey }) => OutputKey === output);
  const value = named?.OutputValue;
  if (value !== undefined) {
    const stackId = parseStackId(found.value.StackId ?? "");
    return stackId === undefined ? incomplete(`the ID of stack ${stack}`) : { kind: "value", value, stackId };
  }
  if (named !== undefined) return incomplete(`the value of output ${output} of stack ${stack}`);
  const fix = `list its outputs: aws cloudformation describe-stacks --stack-name ${stack} --query "Stacks[0].Outputs"`;
  return unusable(`stack ${stack} has no output ${output}`, fix);
}

function incomplete(missing: string): ReferenceAnswer {
  return failed(incompleteAnswer("cloudformation:DescribeStacks", missing));
}

function noStack(stack: string): ReferenceAnswer {
  return unusable(
    `there is no stack ${stack}`,
    "deploy the stack in this account and region, or correct its name",
  );
}
