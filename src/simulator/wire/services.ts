import * as cloudformationClient from "@aws-sdk/client-cloudformation";
import * as cloudtrailClient from "@aws-sdk/client-cloudtrail";
import * as eventsClient from "@aws-sdk/client-eventbridge";
import * as iamClient from "@aws-sdk/client-iam";
import * as lambdaClient from "@aws-sdk/client-lambda";
import * as organizationsClient from "@aws-sdk/client-organizations";
import * as taggingClient from "@aws-sdk/client-resource-groups-tagging-api";
import * as sqsClient from "@aws-sdk/client-sqs";
import * as ssmClient from "@aws-sdk/client-ssm";
import * as stsClient from "@aws-sdk/client-sts";
import { decodeJson, encodeJson, encodeJsonError } from "./json.ts";
import { decodeQuery } from "./query.ts";
import { decodeRest, encodeRest, encodeRestError, type RestResponse, routeRest } from "./rest-json.ts";
import { type ApiOperation, messageMembers, publishedOperations } from "./schema.ts";
import { encodeXml, encodeXmlError } from "./xml.ts";
import { type Input, type Output, SimulatedError } from "../contract.ts";
import type { RawRequest } from "./http.ts";

/** A service as IAM names it in an action. */
export type ServiceName =
  | "cloudformation"
  | "cloudtrail"
  | "events"
  | "iam"
  | "lambda"
  | "organizations"
  | "sqs"
  | "ssm"
  | "sts"
  | "tag";

/** The protocol of one service. */
export interface Service {
  readonly name: ServiceName;
  /** Undefined if the service has no such operation. */
  operationOf(request: RawRequest): ApiOperation | undefined;
  /** @throws SchemaMismatch */
  decode(operation: ApiOperation, request: RawRequest): Input;
  /** @throws SchemaMismatch */
  encode(operation: ApiOperation, output: Output, requestId: string): RestResponse;
  encodeError(error: SimulatedError, requestId: string): RestResponse;
  readonly failures: Failures;
}

/** The errors of the service before an operation is selected. */
interface Failures {
  readonly missingToken: SimulatedError;
  readonly unknownKey: SimulatedError;
  readonly expired: SimulatedError;
  readonly badSignatureCode: string;
  readonly throttled: SimulatedError;
  /** Of a caller who is not allowed to make the call. */
  accessDenied(message: string): SimulatedError;
  unknownOperation(request: RawRequest): SimulatedError;
}

const denied = (code: string, message: string): SimulatedError => new SimulatedError(code, message, 403);

const QUERY_FAILURES: Failures = {
  missingToken: denied("MissingAuthenticationToken", "Request is missing Authentication Token"),
  unknownKey: denied("InvalidClientTokenId", "The security token included in the request is invalid."),
  expired: denied("ExpiredToken", "The security token included in the request is expired"),
  badSignatureCode: "SignatureDoesNotMatch",
  throttled: new SimulatedError("Throttling", "Rate exceeded", 400),
  accessDenied: (message) => denied("AccessDenied", message),
  unknownOperation: ({ body }) => {
    const form = new URLSearchParams(body);
    const message = `Could not find operation ${form.get("Action")} for version ${form.get("Version")}`;
    return new SimulatedError("InvalidAction", message, 400);
  },
};

const REST_FAILURES: Failures = {
  missingToken: denied("MissingAuthenticationTokenException", "Missing Authentication Token"),
  unknownKey: denied("UnrecognizedClientException", "The security token included in the request is invalid."),
  expired: denied("ExpiredTokenException", "The security token included in the request is expired"),
  badSignatureCode: "InvalidSignatureException",
  throttled: new SimulatedError("TooManyRequestsException", "Rate exceeded", 429),
  accessDenied: (message) => denied("AccessDeniedException", message),
  unknownOperation: () =>
    new SimulatedError(
      "UnknownOperationException",
      "Unable to determine service/operation name to be authorized",
      404,
    ),
};

function queryService(name: ServiceName, client: object, namespace: string): Service {
  const operations = publishedOperations(client as Readonly<Record<string, unknown>>);
  const version = namespace.split("/").at(-2);
  const xml = (status: number, body: string): RestResponse => ({
    status,
    headers: { "content-type": "text/xml" },
    body,
  });
  return {
    name,
    failures: QUERY_FAILURES,
    operationOf: ({ body }) => {
      const form = new URLSearchParams(body);
      return form.get("Version") === version ? operations.get(form.get("Action") ?? "") : undefined;
    },
    decode: (operation, { body }) => decodeQuery(operation, new URLSearchParams(body)),
    encode: (operation, output, requestId) =>
      xml(200, encodeXml(operation, output, { namespace, requestId })),
    encodeError: (error, requestId) => xml(error.status, encodeXmlError(error, namespace, requestId)),
  };
}

function restService(name: ServiceName, client: object): Service {
  const published = client as Readonly<Record<string, unknown>>;
  const operations = [...publishedOperations(published).values()];
  const messageMember = messageMembers(published);
  const json = ({ status, headers, body }: RestResponse): RestResponse => ({
    status,
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return {
    name,
    failures: REST_FAILURES,
    operationOf: ({ method, path }) => routeRest(operations, method, path),
    decode: decodeRest,
    encode: (operation, output) => json(encodeRest(operation, output)),
    encodeError: (error) => json(encodeRestError(error, messageMember.get(error.code) ?? "Message")),
  };
}

/** The failures of a JSON service have the codes of a REST service, with status 400. */
const JSON_FAILURES: Failures = {
  missingToken: new SimulatedError(
    "MissingAuthenticationTokenException",
    "Missing Authentication Token",
    400,
  ),
  unknownKey: new SimulatedError(
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    400,
  ),
  expired: new SimulatedError(
    "ExpiredTokenException",
    "The security token included in the request is expired",
    400,
  ),
  badSignatureCode: "InvalidSignatureException",
  throttled: new SimulatedError("TooManyRequestsException", "Rate exceeded", 400),
  accessDenied: (message) => new SimulatedError("AccessDeniedException", message, 400),
  unknownOperation: () => new SimulatedError("UnknownOperationException", "", 400),
};

/** @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html */
const TAGGING_FAILURES: Failures = {
  ...JSON_FAILURES,
  throttled: new SimulatedError("ThrottledException", "Rate exceeded", 400),
};

/**
 * Of CloudTrail and EventBridge.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/CommonErrors.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
 */
const THROTTLING_FAILURES: Failures = {
  ...JSON_FAILURES,
  throttled: new SimulatedError("ThrottlingException", "Rate exceeded", 400),
};

const FAILURES_OF: Partial<Readonly<Record<ServiceName, Failures>>> = {
  cloudtrail: THROTTLING_FAILURES,
  events: THROTTLING_FAILURES,
  tag: TAGGING_FAILURES,
};

function jsonService(name: ServiceName, client: object, target: string): Service {
  const operations = publishedOperations(client as Readonly<Record<string, unknown>>);
  return {
    name,
    failures: FAILURES_OF[name] ?? JSON_FAILURES,
    operationOf: ({ headers }) => {
      // Some SDKs name the package of the service before its name.
      const [operation = "", service] = (headers["x-amz-target"] ?? "").split(".").reverse();
      return service === target ? operations.get(operation) : undefined;
    },
    decode: (operation, { body }) => decodeJson(operation, body),
    encode: (operation, output) => encodeJson(operation, output),
    encodeError: (error) => encodeJsonError(error),
  };
}

const SERVICES: Readonly<Record<ServiceName, Service>> = {
  cloudformation: queryService(
    "cloudformation",
    cloudformationClient,
    "http://cloudformation.amazonaws.com/doc/2010-05-15/",
  ),
  cloudtrail: jsonService("cloudtrail", cloudtrailClient, "CloudTrail_20131101"),
  events: jsonService("events", eventsClient, "AWSEvents"),
  iam: queryService("iam", iamClient, "https://iam.amazonaws.com/doc/2010-05-08/"),
  lambda: restService("lambda", lambdaClient),
  organizations: jsonService("organizations", organizationsClient, "AWSOrganizationsV20161128"),
  sqs: jsonService("sqs", sqsClient, "AmazonSQS"),
  ssm: jsonService("ssm", ssmClient, "AmazonSSM"),
  sts: queryService("sts", stsClient, "https://sts.amazonaws.com/doc/2011-06-15/"),
  tag: jsonService("tag", taggingClient, "ResourceGroupsTaggingAPI_20170126"),
};

export function serviceNamed(name: ServiceName): Service {
  return SERVICES[name];
}

/** The services that sign requests under another name than IAM's. */
const SIGNED_AS: Readonly<Record<string, ServiceName>> = { tagging: "tag" };

/** The service of a name in a signature. */
export function signedService(name: string | undefined): Service | undefined {
  const service = SIGNED_AS[name ?? ""] ?? name;
  return Object.values(SERVICES).find((each) => each.name === service);
}
