import type { TaggedType, Tag } from "../../model/aws/tag.ts";
import { DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { GetResourcesCommand, type ResourceTagMapping } from "@aws-sdk/client-resource-groups-tagging-api";
import { GetParametersCommand, type Parameter } from "@aws-sdk/client-ssm";
import type { Region } from "../../model/aws/ids.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { ReferenceCall } from "../calls/calls.ts";
import { incompleteAnswer } from "../errors/classify.ts";
import { completeListing, nextOfLambda } from "../observe/pages.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import type { SdkCommand } from "../requests/send.ts";

const STACKS = "cloudformation:DescribeStacks";
const PARAMETERS = "ssm:GetParameters";
const RESOURCES = "tag:GetResources";
const RESOURCES_ON_PAGE = 100;

interface RegionOfAccount {
  readonly account: DesiredAccount;
  readonly region: Region;
}

export interface FoundResource {
  readonly arn: string;
  readonly tags: ReadonlyMap<string, string>;
}

export type ReferenceGateway = Pick<AwsGateway, "send">;

/** What AWS answered about some names. A name in neither of both was not answered. */
export interface FoundParameters {
  readonly byName: ReadonlyMap<string, Parameter>;
  /** The names of which AWS reports that there is no parameter. */
  readonly absent: ReadonlySet<string>;
}

/** The reads of one region, as the observer of the account. */
export class RegionReader {
  readonly place: RegionOfAccount;
  readonly #gateway: ReferenceGateway;
  readonly #signal: AbortSignal;

  constructor(gateway: ReferenceGateway, place: RegionOfAccount, signal: AbortSignal) {
    this.#gateway = gateway;
    this.place = place;
    this.#signal = signal;
  }

  async stack(StackName: string): Promise<Stack | null> {
    const input = { StackName };
    const { Stacks } = await this.#send(STACKS, () => new DescribeStacksCommand(input), input);
    if (Stacks === undefined) throw incompleteAnswer(STACKS, "Stacks");
    return Stacks.find((stack) => stack.StackName === StackName) ?? null;
  }

  /** Encrypted values stay encrypted, and are dropped. */
  async parameters(Names: readonly string[]): Promise<FoundParameters> {
    const input = { Names: [...Names], WithDecryption: false };
    const answer = await this.#send(PARAMETERS, () => new GetParametersCommand(input), input);
    const { Parameters, InvalidParameters = [] } = answer;
    if (Parameters === undefined) throw incompleteAnswer(PARAMETERS, "Parameters");
    const byName = new Map(Parameters.map((parameter) => [parameter.Name ?? "", parameter]));
    return { byName, absent: new Set(InvalidParameters) };
  }

  /** All pages. The filter by type may find other types of the service. */
  tagged(type: TaggedType, tags: readonly Tag[]): Promise<readonly FoundResource[]> {
    const filters = {
      ResourceTypeFilters: [type],
      TagFilters: tags.map(({ key, value }) => ({ Key: key, Values: [value] })),
      ResourcesPerPage: RESOURCES_ON_PAGE,
    };
    return completeListing(RESOURCES, async (PaginationToken) => {
      const input = { ...filters, ...(PaginationToken !== undefined && { PaginationToken }) };
      const answer = await this.#send(RESOURCES, () => new GetResourcesCommand(input), input);
      const items = answer.ResourceTagMappingList;
      if (items === undefined) throw incompleteAnswer(RESOURCES, "ResourceTagMappingList");
      return { items: items.map(taggedResource), next: nextOfLambda(answer.PaginationToken) };
    });
  }

  #send<Out>(
    call: ReferenceCall | typeof RESOURCES,
    command: () => SdkCommand<Out>,
    input: object,
  ): Promise<Out> {
    const { account, region } = this.place;
    const principal = { account, identity: "observer", pass: "references", writes: [], tags: [] } as const;
    const request = { principal, call, region, input: { ...input }, command, intent: null };
    return this.#gateway.send(request, this.#signal);
  }
}

/** @throws AwsError: without an ARN or tags, it is not known which resources match */
function taggedResource({ ResourceARN, Tags }: ResourceTagMapping): FoundResource {
  if (ResourceARN === undefined) throw incompleteAnswer(RESOURCES, "the ARN of a resource");
  if (Tags === undefined) throw incompleteAnswer(RESOURCES, "the tags of a resource");
  return { arn: ResourceARN, tags: new Map(Tags.map(({ Key, Value }) => [Key ?? "", Value ?? ""])) };
}
