import type { Environment } from '../contract';

/** The ARN of a log group; policies and CloudFormation know it with `:*` at its end. */
export function logGroupArn({ partition, region, accountId }: Environment, name: string): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:${name}`;
}
