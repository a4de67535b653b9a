import type { DesiredAccount } from "../../model/desired.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { ReadCall } from "../calls/calls.ts";
import type { AwsGateway, AwsRequest } from "../requests/gateway.ts";
import type { SdkCommand } from "../requests/send.ts";
import { completeListing, nextOfIam, nextOfLambda, type IamPage, type ListingPage } from "./pages.ts";

type IamRead = Extract<ReadCall, `iam:${string}`>;
type LambdaRead = Extract<ReadCall, `lambda:${string}`>;
type RegionalRead = LambdaRead | Extract<ReadCall, `${"cloudformation" | "events" | "tag"}:${string}`>;

/** The account that is read, by which pass or command, and how urgently. */
export interface ReadPlace extends Pick<AwsRequest<unknown>, "urgency"> {
  readonly account: DesiredAccount;
  readonly pass: string;
}

/** Makes the read calls of one account in one pass, as its observer. */
export class AccountReader {
  readonly account: DesiredAccount;
  readonly signal: AbortSignal;
  readonly #gateway: AwsGateway;
  readonly #pass: string;
  readonly #urgency: Pick<AwsRequest<unknown>, "urgency">;

  constructor(gateway: AwsGateway, { account, pass, urgency }: ReadPlace, signal: AbortSignal) {
    this.#gateway = gateway;
    this.account = account;
    this.#pass = pass;
    // Nothing else of the place: an import gives it a region too, and IAM has none.
    this.#urgency = urgency === undefined ? {} : { urgency };
    this.signal = signal;
  }

  /** @throws AwsError */
  iam<Input extends object, Output>(
    call: IamRead,
    Command: new (input: Input) => SdkCommand<Output>,
    input: Input,
  ): Promise<Output> {
    return this.#read(call, () => new Command(input), { region: null, input });
  }

  /** @throws AwsError */
  inRegion<Input extends object, Output>(
    call: RegionalRead,
    Command: new (input: Input) => SdkCommand<Output>,
    place: { readonly region: Region; readonly input: Input },
  ): Promise<Output> {
    return this.#read(call, () => new Command(place.input), place);
  }

  /** Reads a listing of IAM to its end. @throws AwsError */
  listIam<Input extends object, Output extends IamPage, Item>(
    call: IamRead,
    Command: new (input: Input) => SdkCommand<Output>,
    listing: { readonly input: Input; readonly items: (answer: Output) => readonly Item[] },
  ): Promise<readonly Item[]> {
    return completeListing(call, async (Marker): Promise<ListingPage<Item>> => {
      const input = Marker === undefined ? listing.input : { ...listing.input, Marker };
      const answer = await this.iam(call, Command, input);
      return { items: listing.items(answer), next: nextOfIam(answer, call) };
    });
  }

  /** Reads a listing of Lambda to its end. @throws AwsError */
  listLambda<Input extends object, Output extends { readonly NextMarker?: string | undefined }, Item>(
    call: LambdaRead,
    Command: new (input: Input) => SdkCommand<Output>,
    listing: {
      readonly region: Region;
      readonly input: Input;
      readonly items: (answer: Output) => readonly Item[];
    },
  ): Promise<readonly Item[]> {
    const { region, input: first, items } = listing;
    return completeListing(call, async (Marker): Promise<ListingPage<Item>> => {
      const input = Marker === undefined ? first : { ...first, Marker };
      const answer = await this.inRegion(call, Command, { region, input });
      return { items: items(answer), next: nextOfLambda(answer.NextMarker) };
    });
  }

  #read<Output>(
    call: ReadCall,
    command: () => SdkCommand<Output>,
    { region, input }: { readonly region: Region | null; readonly input: object },
  ): Promise<Output> {
    const principal = {
      account: this.account,
      identity: "observer",
      pass: this.#pass,
      writes: [],
      tags: [],
    } as const;
    const request = { principal, call, region, input: { ...input }, command, intent: null, ...this.#urgency };
    return this.#gateway.send(request, this.signal);
  }
}
