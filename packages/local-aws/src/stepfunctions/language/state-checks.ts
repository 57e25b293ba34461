import { ruleProblem } from './choice';
import { expressionProblem } from './intrinsics';
import { isPlayedPath } from './paths';
import type { Catcher, FailState, Retrier, State, TaskState } from './states';
import { templateProblem } from './template';
import { taskProblem } from '../tasks/tasks';

/** Why a state with known fields isn't played; undefined if it is. */
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
    case 'Fail':
      return failProblem(state);
    default:
      return undefined;
  }
}

function pathProblem(state: State): string | undefined {
  const fields = ['InputPath', 'OutputPath', 'ResultPath', 'SecondsPath', 'TimestampPath'];
  const paths = Object.entries(state).filter(([field]) => fields.includes(field)) as [string, string | null][];
  const [field, path] = paths.find(([name, value]) => value !== null && (!isPlayedPath(value) || (name === 'ResultPath' && value.startsWith('$$')))) ?? [];
  return field && `${field} ${path} isn't played by the local Step Functions, use members and indices only`;
}

function credentialsProblem({ Credentials }: TaskState): string | undefined {
  if (Credentials === undefined || /^RoleArn(\.\$)?$/.test(Object.keys(Credentials ?? {}).join())) {
    return undefined;
  }
  return `Credentials ${JSON.stringify(Credentials)} aren't played by the local Step Functions, give RoleArn or RoleArn.$`;
}

function retrierProblem({ ErrorEquals, IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, JitterStrategy = 'NONE', ...others }: Retrier): string | undefined {
  return otherProblem(others, 'Retry')
    ?? errorsProblem(ErrorEquals, 'Retry')
    ?? (['FULL', 'NONE'].includes(JitterStrategy) ? undefined : `JitterStrategy ${JitterStrategy} is neither FULL nor NONE`)
    ?? limitProblem({ IntervalSeconds }, 1)
    ?? limitProblem({ MaxAttempts }, 0)
    ?? limitProblem({ BackoffRate }, 1)
    ?? limitProblem({ MaxDelaySeconds }, 1);
}

function catcherProblem({ ErrorEquals, Next, ResultPath, ...others }: Catcher): string | undefined {
  if (ResultPath && (!isPlayedPath(ResultPath) || ResultPath.startsWith('$$'))) {
    return `ResultPath ${ResultPath} of Catch isn't played by the local Step Functions`;
  }
  return otherProblem(others, 'Catch') ?? errorsProblem(ErrorEquals, 'Catch');
}

function failProblem({ Error: error, ErrorPath, Cause, CausePath }: FailState): string | undefined {
  if (error !== undefined && ErrorPath !== undefined) {
    return 'Error and ErrorPath exclude each other';
  }
  if (Cause !== undefined && CausePath !== undefined) {
    return 'Cause and CausePath exclude each other';
  }
  return first([ErrorPath, CausePath].map((path) => path === undefined ? undefined : expressionProblem(path)));
}

function errorsProblem(errors: unknown, place: string): string | undefined {
  if (!Array.isArray(errors) || errors.length === 0) {
    return `ErrorEquals ${JSON.stringify(errors)} of ${place} is no list of errors`;
  }
  return errors.includes('States.ALL') && errors.length > 1 ? `States.ALL stands alone, not in ErrorEquals ${JSON.stringify(errors)} of ${place}` : undefined;
}

function limitProblem(limit: Record<string, number | undefined>, least: number): string | undefined {
  const [[name, value]] = Object.entries(limit);
  return value === undefined || value >= least ? undefined : `${name} ${value} is less than ${least}`;
}

function otherProblem(others: object, place: string): string | undefined {
  const [other] = Object.keys(others).filter((field) => field !== 'Comment');
  return other && `field ${other} of ${place} isn't played by the local Step Functions`;
}

function first(problems: (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
