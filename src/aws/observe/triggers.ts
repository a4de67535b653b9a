import {
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  type EventSourceMappingConfiguration,
} from "@aws-sdk/client-lambda";
import { arnParts } from "../../model/arn.ts";
import type { Region } from "../../model/ids.ts";
import type { FunctionTriggers, LiveEventSource } from "../../model/live.ts";
import { nextOfLambda, wholeListing, type Page } from "./pages.ts";
import { needed } from "./project-role.ts";
import type { Reader } from "./reader.ts";
import { byText } from "../../text/order.ts";

const MAPPINGS = "lambda:ListEventSourceMappings";

/** A function of the reader's account. */
export interface At {
  readonly region: Region;
  readonly name: string;
}

/**
 * Event source mappings and destinations of a function, of its aliases and versions too as far as AWS lists them with it.
 * @throws AwsError when one of the listings fails
 */
export async function readTriggers(reader: Reader, at: At): Promise<FunctionTriggers> {
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
  reader: Reader,
  { region, name }: At,
): Promise<readonly EventSourceMappingConfiguration[]> {
  return wholeListing(MAPPINGS, async (Marker): Promise<Page<EventSourceMappingConfiguration>> => {
    const input = { FunctionName: name, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.lambda(MAPPINGS, ListEventSourceMappingsCommand, { region, input });
    return {
      items: needed(answer.EventSourceMappings, MAPPINGS, "EventSourceMappings"),
      next: nextOfLambda(answer.NextMarker),
    };
  });
}

function listDestinations(reader: Reader, { region, name }: At): Promise<readonly string[]> {
  const call = "lambda:ListFunctionEventInvokeConfigs";
  return wholeListing(call, async (Marker): Promise<Page<string>> => {
    const input = { FunctionName: name, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.lambda(call, ListFunctionEventInvokeConfigsCommand, { region, input });
    const configs = needed(answer.FunctionEventInvokeConfigs, call, "FunctionEventInvokeConfigs");
    const items = configs.flatMap(({ DestinationConfig }) =>
      [DestinationConfig?.OnSuccess?.Destination, DestinationConfig?.OnFailure?.Destination].flatMap(
        (destination) => destination ?? [],
      ),
    );
    return { items, next: nextOfLambda(answer.NextMarker) };
  });
}

/** The URI of an access configuration is a secret's ARN, or a subnet or security group. */
function eventSourceFrom(mapping: EventSourceMappingConfiguration): LiveEventSource {
  const uris = (mapping.SourceAccessConfigurations ?? []).flatMap(({ URI }) => URI ?? []);
  return {
    arn: hasOwnCluster(mapping) ? null : needed(mapping.EventSourceArn, MAPPINGS, "EventSourceArn"),
    secrets: uris.filter((uri) => arnParts(uri).service === "secretsmanager").sort(byText),
  };
}

/** A Kafka cluster outside AWS is the only source that has no ARN. */
function hasOwnCluster({ SelfManagedEventSource }: EventSourceMappingConfiguration): boolean {
  return SelfManagedEventSource !== undefined;
}
