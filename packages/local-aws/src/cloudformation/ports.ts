import type { Authorizer, Caller, Environment, EventInvoker, ResourceProviders } from '../contract';

/** The other emulated services that CloudFormation uses. */
export interface CloudFormationPorts {
  readonly environment: Environment;
  readonly authorizer: Authorizer;
  readonly functions: EventInvoker;
  /** The providers of all services, by resource type. */
  readonly providers: ResourceProviders;
  /** Reads a template from an S3 bucket. */
  readObject(caller: Caller, bucket: string, key: string): Promise<string>;
  /** Reads a parameter of SSM Parameter Store. */
  readParameter(caller: Caller, name: string): Promise<string>;
  /** Assumes the execution role of a stack as the service principal cloudformation.amazonaws.com. */
  assumeExecutionRole(roleArn: string): Promise<Caller>;
}
