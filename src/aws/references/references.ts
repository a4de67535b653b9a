import { DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { GetParametersCommand, type Parameter } from "@aws-sdk/client-ssm";
import type { ReferenceAnswer, References } from "../../controller/ports/estate/references.ts";
import { AwsError, fixOfAwsError } from "../../model/aws/aws-error.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { parseReference, type ReferencePlace } from "../../model/aws/reference.ts";
import type { ReferenceCall } from "../calls/calls.ts";
import { incompleteAnswer } from "../errors/classify.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import type { SdkCommand } from "../requests/send.ts";

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html Names */
const NAMES_IN_CALL = 10;

/** Reads the outputs of stacks and the parameters of Systems Manager. */
export class AwsReferences implements References {
  readonly #gateway: AwsGateway;

  constructor(gateway: AwsGateway) {
    this.#gateway = gateway;
  }

  async read(
    places: readonly ReferencePlace[],
    account: DesiredAccount,
    signal: AbortSignal,
  ): Promise<readonly ReferenceAnswer[]> {
    const byRegion = Map.groupBy(places, ({ region }) => region);
    const answers = new Map<ReferencePlace, ReferenceAnswer>();
    for (const [region, inRegion] of byRegion) {
      const reader = new RegionReader(this.#gateway, { account, region }, signal);
      for (const [place, answer] of await answersIn(inRegion, reader)) answers.set(place, answer);
    }
    return places.map((place) => answers.get(place) ?? NOT_A_REFERENCE);
  }
}

const NOT_A_REFERENCE: ReferenceAnswer = {
  kind: "unusable",
  reason: "it is not a reference",
  fix: null,
  isTransient: false,
};

type Answered = readonly (readonly [ReferencePlace, ReferenceAnswer])[];

async function answersIn(places: readonly ReferencePlace[], reader: RegionReader): Promise<Answered> {
  const outputs: (Output & { readonly place: ReferencePlace })[] = [];
  const parameters: NamedPlace[] = [];
  for (const place of places) {
    const reference = parseReference(place.text);
    if (reference?.kind === "stack-output") outputs.push({ ...reference, place });
    if (reference?.kind === "parameter") parameters.push({ name: reference.name, place });
  }
  const answers: (readonly [ReferencePlace, ReferenceAnswer])[] = [];
  for (const [stack, wanted] of Map.groupBy(outputs, (one) => one.stack)) {
    const found = await answered(() => reader.stack(stack));
    for (const { output, place } of wanted) answers.push([place, outputAnswer({ stack, output }, found)]);
  }
  for (let start = 0; start < parameters.length; start += NAMES_IN_CALL)
    answers.push(...(await parameterAnswers(parameters.slice(start, start + NAMES_IN_CALL), reader)));
  return answers;
}

interface Output {
  readonly stack: string;
  readonly output: string;
}

interface NamedPlace {
  readonly name: string;
  readonly place: ReferencePlace;
}

/** What AWS answered, or its error. Any other error is thrown. */
type Answer<Value> = { readonly value: Value } | { readonly error: AwsError };

async function answered<Value>(read: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof AwsError) return { error };
    throw error;
  }
}

/** CloudFormation has no code of its own for a stack that does not exist; the names that it would refuse are not asked for. */
function outputAnswer({ stack, output }: Output, found: Answer<Stack | null>): ReferenceAnswer {
  if ("error" in found) {
    const { error } = found;
    return error.facts.code === "ValidationError" ? noStack(stack) : failed(error);
  }
  if (found.value === null) return noStack(stack);
  const value = found.value.Outputs?.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
  if (value !== undefined) return { kind: "value", value };
  const fix = `list its outputs: aws cloudformation describe-stacks --stack-name ${stack} --query "Stacks[0].Outputs"`;
  return absent(`stack ${stack} has no output ${output}`, fix);
}

function noStack(stack: string): ReferenceAnswer {
  return absent(
    `there is no stack ${stack}`,
    "deploy the stack in this account and region, or correct its name",
  );
}

/**
 * A denied name fails the whole call, so the names are then read one by one: one team's parameter costs another team
 * nothing.
 */
async function parameterAnswers(wanted: readonly NamedPlace[], reader: RegionReader): Promise<Answered> {
  const found = await answered(() => reader.parameters(wanted.map(({ name }) => name)));
  if ("value" in found)
    return wanted.map(({ name, place }) => [place, parameterAnswer(name, found.value)] as const);
  const [first] = wanted;
  if (first === undefined) return [];
  if (wanted.length === 1) return [[first.place, failed(found.error)]];
  if (isTransient(found.error)) return wanted.map(({ place }) => [place, failed(found.error)] as const);
  const alone: (readonly [ReferencePlace, ReferenceAnswer])[] = [];
  for (const one of wanted) alone.push(...(await parameterAnswers([one], reader)));
  return alone;
}

function parameterAnswer(name: string, found: ReadonlyMap<string, Parameter>): ReferenceAnswer {
  const parameter = found.get(name);
  if (parameter === undefined)
    return absent(
      `there is no parameter ${name}`,
      "create the parameter in this account and region, or correct its name",
    );
  if (parameter.Type === "SecureString")
    return absent(
      `parameter ${name} is a SecureString, which is not decrypted`,
      "a policy is no place for a secret: store the name in a parameter of type String",
    );
  if (parameter.Type !== "String")
    return absent(`parameter ${name} is a list`, "use a parameter of type String");
  const value = parameter.Value;
  if (value === undefined) throw incompleteAnswer(PARAMETERS, "the value of a parameter");
  return { kind: "value", value };
}

function absent(reason: string, fix: string): ReferenceAnswer {
  return { kind: "unusable", reason, fix, isTransient: false };
}

function failed(error: AwsError): ReferenceAnswer {
  const { call, message } = error.facts;
  const fix = fixOfAwsError(error);
  return { kind: "unusable", reason: `${call}: ${message}`, fix, isTransient: isTransient(error) };
}

function isTransient({ facts: { disposition } }: AwsError): boolean {
  return disposition.kind === "throttled" || disposition.kind === "retry";
}

const STACKS = "cloudformation:DescribeStacks";
const PARAMETERS = "ssm:GetParameters";

/** The reads of one region, as the observer of the account. */
class RegionReader {
  readonly #gateway: AwsGateway;
  readonly #place: { readonly account: DesiredAccount; readonly region: Region };
  readonly #signal: AbortSignal;

  constructor(
    gateway: AwsGateway,
    place: { readonly account: DesiredAccount; readonly region: Region },
    signal: AbortSignal,
  ) {
    this.#gateway = gateway;
    this.#place = place;
    this.#signal = signal;
  }

  async stack(StackName: string): Promise<Stack | null> {
    const input = { StackName };
    const { Stacks } = await this.#send(STACKS, () => new DescribeStacksCommand(input), input);
    if (Stacks === undefined) throw incompleteAnswer(STACKS, "Stacks");
    return Stacks.find((stack) => stack.StackName === StackName) ?? null;
  }

  /** Encrypted values stay encrypted, and are dropped. */
  async parameters(Names: readonly string[]): Promise<ReadonlyMap<string, Parameter>> {
    const input = { Names: [...Names], WithDecryption: false };
    const { Parameters } = await this.#send(PARAMETERS, () => new GetParametersCommand(input), input);
    if (Parameters === undefined) throw incompleteAnswer(PARAMETERS, "Parameters");
    return new Map(Parameters.map((parameter) => [parameter.Name ?? "", parameter]));
  }

  #send<Out>(call: ReferenceCall, command: () => SdkCommand<Out>, input: object): Promise<Out> {
    const { account, region } = this.#place;
    const principal = { account, identity: "observer", pass: "references", writes: [], tags: [] } as const;
    const request = { principal, call, region, input: { ...input }, command, intent: null };
    return this.#gateway.send(request, this.#signal);
  }
}
