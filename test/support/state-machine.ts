import type { Deployed } from './deployed';
import { onlyResource } from './synth';

/** A state of a definition, as far as the tests look at it. */
export interface StateJson {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly [member: string]: unknown;
}

export interface DefinitionJson {
  readonly StartAt: string;
  readonly States: Record<string, StateJson>;
}

/** The definition of the state machine that watches detached imports, as Step Functions gets it. */
export function watchDefinitionOf(deployed: Deployed): DefinitionJson {
  const { Properties } = onlyResource(deployed.template, 'AWS::StepFunctions::StateMachine', /Watch/);
  return JSON.parse(Properties.DefinitionString as string) as DefinitionJson;
}

/** Where a state can go from there. */
export function nextOf({ Next, Default, Choices = [], Catch = [] }: StateJson): string[] {
  return [Next, Default, ...[...Choices, ...Catch].map((branch) => branch.Next)].filter((name) => name !== undefined);
}

/** Every text of a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
