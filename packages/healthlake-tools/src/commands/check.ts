import { Command } from 'commander';
import type { Register } from './command';
import { checkFiles, exitCodeOf } from '../check/run';
import { checkDocument, checkText } from '../check/show';
import { listSource } from '../check/source';
import { type Console, printJson } from '../cli/console';
import { addCommonOptions, checkShowValues, type CommonOptions, type ShowValues, showValuesOption } from '../cli/options';
import { colorsOf } from '../cli/text';

interface CheckOptions extends CommonOptions, ShowValues {
  readonly structure?: boolean;
}

/** Adds `healthlake check`. */
export function checkCommand(console: Console, register: Register): Command {
  return addCommonOptions(new Command('check'))
    .description('find what HealthLake will reject in a data set, and what is probably a mistake')
    .argument('<data set>', 'a folder, or the S3 URI of a prefix')
    .option('--structure', 'also compare the resources with the structure and the required codes of FHIR R4')
    .addOption(showValuesOption('ids, types and references'))
    .action(register(([argument], options: CheckOptions) => check(console, argument, options)));
}

async function check(console: Console, argument: string, options: CheckOptions): Promise<number> {
  const showValues = checkShowValues(options, console.stdout);
  const result = await checkFiles(console, await listSource(argument, options), options.structure);
  if (options.json) {
    printJson(console, checkDocument(result, showValues));
  } else {
    console.stdout.write(checkText(result, showValues, colorsOf(console.stdout)));
  }
  return exitCodeOf(result);
}
