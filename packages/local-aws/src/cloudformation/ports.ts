import type { Authorizer, Caller, Environment, ResourceProviders } from '../contract';

/** Lambda, as it is invoked asynchronously. */
export interface EventInvoker {
  /** Authorizes `lambda:InvokeFunction` for the caller; accepts the event, and runs the function later. */
  invokeEvent(caller: Caller, functionArn: string, payload: unknown): Promise<void>;
}

/** What CloudFormation needs of the other services. */
export interface CloudFormationPorts {
  readonly environment: Environment;
  readonly authorizer: Authorizer;
  readonly functions: EventInvoker;
  /** Of all services, by resource type. */
  readonly providers: ResourceProviders;
  /** Reads a template that was uploaded to a bucket. */
  readObject(caller: Caller, bucket: string, key: string): Promise<string>;
  /** Reads a parameter of the parameter store. */
  readParameter(caller: Caller, name: string): Promise<string>;
  /** Assumes the execution role of a stack, as cloudformation.amazonaws.com. */
  assumeExecutionRole(roleArn: string): Promise<Caller>;
}
