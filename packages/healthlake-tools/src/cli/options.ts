import { type Command, Option } from 'commander';
import type { TextStream } from './console';
import { ToolError } from './errors';
import type { AwsOptions } from '../aws/clients';

/** The options of commands that call AWS. */
export interface CommonOptions extends AwsOptions {
  readonly json?: boolean;
}

/** The option that each command has. */
export const JSON_OPTION = ['--json', 'print one JSON document instead of text'] as const;

/** Adds the options of commands that call AWS. */
export function addCommonOptions(command: Command): Command {
  return command
    .option(...JSON_OPTION)
    .option('--profile <name>', 'the profile of the AWS configuration files')
    .option('--region <region>', 'the AWS Region')
    .option('--endpoint-url <url>', 'the URL to call instead of the endpoint of AWS');
}

/** The option of commands that can show values of the data. */
export interface ShowValues {
  readonly showValues?: boolean;
}

export function showValuesOption(values: string): Option {
  return new Option('--show-values', `also show ${values}, which may be patient data; works only on a terminal`);
}

/** @throws if values are to be shown, but the output doesn't go to a terminal */
export function checkShowValues({ showValues = false }: ShowValues, { isTTY = false }: TextStream): boolean {
  if (showValues && !isTTY) {
    throw new ToolError('--show-values works only on a terminal, because a file or a log would keep the patient data: leave it out, or run the command on a terminal');
  }
  return showValues;
}
