import {
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  type EventSourceMappingConfiguration,
} from "@aws-sdk/client-lambda";
import { arnParts } from "../../model/aws/arn.ts";
import type { Region } from "../../model/aws/ids.ts";
import type { FunctionTriggers, LiveEventSource } from "../../model/live.ts";
import { needed } from "./project-role.ts";
import type { AccountReader } from "./reader.ts";
import { byText } from "../../text/order.ts";

const MAPPINGS = "lambda:ListEventSourceMappings";

/** A function of the reader's account. */
export interface FunctionLocation {
  readonly region: Region;
  readonly name: string;
}

/**
 * Reads event source mappings and destinations of a function, including those of its aliases and versions that AWS
 * lists with it.
 * @throws AwsError if one of the listings fails
 */
export async function readTriggers(reader: AccountReader, at: FunctionLocation): Promise<FunctionTriggers> {
  const [mappings, destinations] = await Promise.all([
    listMappings(reader, at),
    listDestinations(reader, at),
  ]);
  const onFailure = mappings.flatMap(
    ({ DestinationConfig }) => DestinationConfig?.OnFailure?.Destination ?? [],
  );
  return {
    eventSources: mappings.map(eventSourceFrom),
    destinations: [...new Set([...destinations, ...onFailure])].sort(byText),
  };
}

function listMappings(
  reader: AccountReader,
  { region, name }: FunctionLocation,
): Promise<readonly EventSourceMappingConfiguration[]> {
  return reader.listLambda(MAPPINGS, ListEventSourceMappingsCommand, {
    region,
    input: { FunctionName: name },
    items: ({ EventSourceMappings }) => needed(EventSourceMappings, MAPPINGS, "EventSourceMappings"),
  });
}

function listDestinations(
  reader: AccountReader,
  { region, name }: FunctionLocation,
): Promise<readonly string[]> {
  const call = "lambda:ListFunctionEventInvokeConfigs";
  return reader.listLambda(call, ListFunctionEventInvokeConfigsCommand, {
    region,
    input: { FunctionName: name },
    items: ({ FunctionEventInvokeConfigs }) =>
      needed(FunctionEventInvokeConfigs, call, "FunctionEventInvokeConfigs").flatMap(
        ({ DestinationConfig }) =>
          [DestinationConfig?.OnSuccess?.Destination, DestinationConfig?.OnFailure?.Destination].flatMap(
            (destination) => destination ?? [],
          ),
      ),
  });
}

/** The URI of an access configuration is the ARN of a secret, or a subnet or security group. */
function eventSourceFrom(mapping: EventSourceMappingConfiguration): LiveEventSource {
  const uris = (mapping.SourceAccessConfigurations ?? []).flatMap(({ URI }) => URI ?? []);
  return {
    arn: hasOwnCluster(mapping) ? null : needed(mapping.EventSourceArn, MAPPINGS, "EventSourceArn"),
    secrets: uris.filter((uri) => arnParts(uri).service === "secretsmanager").sort(byText),
  };
}

/** A Kafka cluster outside AWS is the only source without an ARN. */
function hasOwnCluster({ SelfManagedEventSource }: EventSourceMappingConfiguration): boolean {
  return SelfManagedEventSource !== undefined;
}
