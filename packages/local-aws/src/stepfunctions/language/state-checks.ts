import { ruleProblem } from './choice';
import { isEmulatedPath, PATH_PROBLEM } from './paths';
import type { Catcher, Retrier, State, TaskState } from './states';
import { templateProblem } from './template';
import { taskProblem } from '../tasks';

/** Returns an error message if a state isn't emulated; otherwise undefined. The caller must have rejected unknown fields. */
export function stateProblem(state: State): string | undefined {
  return pathProblem(state) ?? typeProblem(state);
}

function typeProblem(state: State): string | undefined {
  switch (state.Type) {
    case 'Task':
      return first([
        taskProblem(String(state.Resource), state.Parameters),
        ...[state.Parameters, state.Credentials, state.ResultSelector].map(templateProblem),
        credentialsProblem(state),
        ...(state.Retry ?? []).map(retrierProblem),
        ...(state.Catch ?? []).map(catcherProblem),
      ]);
    case 'Pass':
      return templateProblem(state.Parameters);
    case 'Choice':
      return first(state.Choices.map(ruleProblem));
    default:
      return undefined;
  }
}

function pathProblem(state: State): string | undefined {
  const fields = ['InputPath', 'OutputPath', 'ResultPath', 'SecondsPath'];
  const paths = Object.entries(state).filter(([field]) => fields.includes(field)) as [string, string | null][];
  const [field, path] = paths.find(([name, value]) => value !== null && (!isEmulatedPath(value) || (name === 'ResultPath' && value.startsWith('$$')))) ?? [];
  return field && `${field} ${path} ${PATH_PROBLEM}`;
}

function credentialsProblem({ Credentials }: TaskState): string | undefined {
  if (Credentials === undefined || /^RoleArn(\.\$)?$/.test(Object.keys(Credentials ?? {}).join())) {
    return undefined;
  }
  return `Credentials ${JSON.stringify(Credentials)} aren't emulated, give RoleArn or RoleArn.$`;
}

function retrierProblem({ ErrorEquals, IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, ...others }: Retrier): string | undefined {
  return otherProblem(others, 'Retry')
    ?? errorsProblem(ErrorEquals, 'Retry')
    ?? limitProblem({ IntervalSeconds }, 1)
    ?? limitProblem({ MaxAttempts }, 0)
    ?? limitProblem({ BackoffRate }, 1)
    ?? limitProblem({ MaxDelaySeconds }, 1);
}

function catcherProblem({ ErrorEquals, Next, ResultPath, ...others }: Catcher): string | undefined {
  if (ResultPath && (!isEmulatedPath(ResultPath) || ResultPath.startsWith('$$'))) {
    return `ResultPath ${ResultPath} of Catch ${PATH_PROBLEM}`;
  }
  return otherProblem(others, 'Catch') ?? errorsProblem(ErrorEquals, 'Catch');
}

function errorsProblem(errors: unknown, place: string): string | undefined {
  if (!Array.isArray(errors) || errors.length === 0) {
    return `ErrorEquals ${JSON.stringify(errors)} of ${place} must be a list of errors`;
  }
  return errors.includes('States.ALL') && errors.length > 1 ? `States.ALL must be the only error in ErrorEquals ${JSON.stringify(errors)} of ${place}` : undefined;
}

function limitProblem(limit: Record<string, number | undefined>, least: number): string | undefined {
  const [[name, value]] = Object.entries(limit);
  return value === undefined || value >= least ? undefined : `${name} ${value} is less than ${least}`;
}

function otherProblem(others: object, place: string): string | undefined {
  const [other] = Object.keys(others).filter((field) => field !== 'Comment');
  return other && `field ${other} of ${place} isn't emulated`;
}

function first(problems: (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
