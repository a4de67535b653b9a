import type { ReferenceAnswer } from "../../controller/ports/estate/references.ts";
import type { ReferencePlace } from "../../model/aws/reference.ts";
import { incompleteAnswer } from "../errors/classify.ts";
import { failed, isTransient, unusable, type PlaceAnswer } from "./answer.ts";
import type { FoundParameters, RegionReader } from "./region-reader.ts";
import { resultOf } from "../../model/values/result.ts";
import { AwsError } from "../../model/aws/errors/aws-error.ts";

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html Names */
const NAMES_IN_CALL = 10;

export interface WantedParameter {
  readonly name: string;
  readonly place: ReferencePlace;
}

export async function parameterAnswers(
  wanted: readonly WantedParameter[],
  reader: RegionReader,
): Promise<readonly PlaceAnswer[]> {
  const answers: PlaceAnswer[] = [];
  for (let start = 0; start < wanted.length; start += NAMES_IN_CALL)
    answers.push(...(await answersOfCall(wanted.slice(start, start + NAMES_IN_CALL), reader)));
  return answers;
}

/**
 * A denied name fails the entire call, so the names are then read one by one: one team's parameter costs another team
 * nothing.
 */
async function answersOfCall(
  wanted: readonly WantedParameter[],
  reader: RegionReader,
): Promise<readonly PlaceAnswer[]> {
  const found = await resultOf(reader.parameters(wanted.map(({ name }) => name)), AwsError);
  if (found.kind === "ok")
    return wanted.map(({ name, place }) => [place, parameterAnswer(name, found.value)] as const);
  const [first] = wanted;
  if (first === undefined) return [];
  if (wanted.length === 1) return [[first.place, failed(found.error)]];
  if (isTransient(found.error)) return wanted.map(({ place }) => [place, failed(found.error)] as const);
  const alone: PlaceAnswer[] = [];
  for (const one of wanted) alone.push(...(await answersOfCall([one], reader)));
  return alone;
}

function parameterAnswer(name: string, { byName, absent }: FoundParameters): ReferenceAnswer {
  const parameter = byName.get(name);
  if (parameter === undefined && !absent.has(name)) return incomplete(`parameter ${name}`);
  if (parameter === undefined)
    return unusable(
      `there is no parameter ${name}`,
      "create the parameter in this account and region, or correct its name",
    );
  if (parameter.Type === "SecureString")
    return unusable(
      `parameter ${name} is a SecureString, which is not decrypted`,
      "a policy is no place for a secret: store the name in a parameter of type String",
    );
  if (parameter.Type === "StringList")
    return unusable(`parameter ${name} is a list`, "use a parameter of type String");
  if (parameter.Type !== "String") return incomplete(`the type of parameter ${name}`);
  const value = parameter.Value;
  return value === undefined ? incomplete(`the value of parameter ${name}`) : { kind: "value", value };
}

/** One parameter is not known: the others of the call are. */
function incomplete(missing: string): ReferenceAnswer {
  return failed(incompleteAnswer("ssm:GetParameters", missing));
}
