import type { DesiredAccount } from "../../model/desired.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { ReadCall } from "../calls/calls.ts";
import type { AwsGateway } from "../requests/gateway.ts";
import type { SdkCommand } from "../requests/send.ts";

type IamRead = Extract<ReadCall, `iam:${string}`>;
type LambdaRead = Extract<ReadCall, `lambda:${string}`>;

/** Makes the read calls of one account in one pass, as its observer. */
export class AccountReader {
  readonly account: DesiredAccount;
  readonly signal: AbortSignal;
  readonly #gateway: AwsGateway;
  readonly #pass: string;

  constructor(
    gateway: AwsGateway,
    place: { readonly account: DesiredAccount; readonly pass: string },
    signal: AbortSignal,
  ) {
    this.#gateway = gateway;
    this.account = place.account;
    this.#pass = place.pass;
    this.signal = signal;
  }

  /** @throws AwsError */
  iam<Input extends object, Output>(
    call: IamRead,
    Command: new (input: Input) => SdkCommand<Output>,
    input: Input,
  ): Promise<Output> {
    return this.#read(call, null, () => new Command(input), input);
  }

  /** @throws AwsError */
  lambda<Input extends object, Output>(
    call: LambdaRead,
    Command: new (input: Input) => SdkCommand<Output>,
    place: { readonly region: Region; readonly input: Input },
  ): Promise<Output> {
    return this.#read(call, place.region, () => new Command(place.input), place.input);
  }

  #read<Output>(
    call: ReadCall,
    region: Region | null,
    command: () => SdkCommand<Output>,
    input: object,
  ): Promise<Output> {
    const principal = { account: this.account, identity: "observer", pass: this.#pass } as const;
    const request = { principal, call, region, input: { ...input }, command, intent: null };
    return this.#gateway.send(request, this.signal);
  }
}
