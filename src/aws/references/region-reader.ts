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

interface ReadPlace {
  readonly account: DesiredAccount;
  readonly region: Region;
}

/** The reads of one region, as the observer of the account. */
export class RegionReader {
  readonly place: ReadPlace;
  readonly #gateway: AwsGateway;
  readonly #signal: AbortSignal;

  constructor(gateway: AwsGateway, place: ReadPlace, signal: AbortSignal) {
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
  async parameters(Names: readonly string[]): Promise<ReadonlyMap<string, Parameter>> {
    const input = { Names: [...Names], WithDecryption: false };
    const { Parameters } = await this.#send(PARAMETERS, () => new GetParametersCommand(input), input);
    if (Parameters === undefined) throw incompleteAnswer(PARAMETERS, "Parameters");
    return new Map(Parameters.map((parameter) => [parameter.Name ?? "", parameter]));
  }

  /** All pages. The filter by type may find other types of the service. */
  tagged(type: TaggedType, tags: readonly Tag[]): Promise<readonly ResourceTagMapping[]> {
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
      return { items, next: nextOfLambda(answer.PaginationToken) };
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
