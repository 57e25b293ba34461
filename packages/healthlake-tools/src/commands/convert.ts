import { Command } from 'commander';
import type { Register } from './command';
import { type Console, EXIT, printJson } from '../cli/console';
import { checkShowValues, JSON_OPTION, type ShowValues, showValuesOption } from '../cli/options';
import { colorsOf } from '../cli/text';
import { convertFolder } from '../convert/run';
import { conversionDocument, conversionText } from '../convert/show';

interface ConvertOptions extends ShowValues {
  readonly out: string;
  readonly json?: boolean;
}

/** Adds `healthlake convert`. */
export function convertCommand(console: Console, register: Register): Command {
  return new Command('convert')
    .description('convert Bundles, arrays, pretty-printed JSON and gzip files to NDJSON that HealthLake can import')
    .argument('<folder>', 'the folder with the files')
    .requiredOption('--out <folder>', 'the new folder for the NDJSON files')
    .option(...JSON_OPTION)
    .addOption(showValuesOption('ids, URLs and references'))
    .action(register(([folder], options: ConvertOptions) => convert(console, folder, options)));
}

async function convert(console: Console, folder: string, options: ConvertOptions): Promise<number> {
  const showValues = checkShowValues(options, console.stdout);
  const conversion = await convertFolder(console, folder, options.out);
  if (options.json) {
    printJson(console, conversionDocument(conversion, showValues));
  } else {
    console.stdout.write(conversionText(conversion, options.out, showValues, colorsOf(console.stdout)));
  }
  return conversion.changes.some(({ severity }) => severity === 'error') ? EXIT.problems : EXIT.ok;
}
