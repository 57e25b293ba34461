import { Command } from 'commander';
import type { Register } from './command';
import { type Console, EXIT, printJson } from '../cli/console';
import { addCommonOptions, type CommonOptions } from '../cli/options';
import { type Colors, colorsOf } from '../cli/text';
import { writeWholeFile } from '../files/write-file';
import { exportView } from '../report/export-view';
import { reportHtml } from '../report/html';
import { importView } from '../report/import-view';
import { type AnyReport, loadReport, noReport } from '../report/load';
import { reportText } from '../report/text';

interface ReportOptions extends CommonOptions {
  readonly html?: string;
}

/** Adds `healthlake report`. */
export function reportCommand(console: Console, register: Register): Command {
  return addCommonOptions(new Command('report'))
    .description('show a report.json or export.json of cdk-healthlake-import')
    .argument('<report>', 'the S3 URI or the path of the report')
    .option('--html <file>', 'also write an HTML page that needs no other file')
    .action(register(([location], options: ReportOptions) => report(console, location, options)));
}

async function report(console: Console, location: string, options: ReportOptions): Promise<number> {
  const loaded = await loadReport(location, options);
  const { text, html } = render(loaded, location, colorsOf(console.stdout));
  if (options.html !== undefined) {
    await writeWholeFile(options.html, html);
  }
  if (options.json) {
    printJson(console, loaded.document);
  } else {
    console.stdout.write(text);
  }
  return EXIT.ok;
}

/** @throws if the document lacks members of a report, or has members of other types */
function render(loaded: AnyReport, location: string, colors: Colors): { readonly text: string; readonly html: string } {
  try {
    const view = loaded.kind === 'import' ? importView(loaded.document) : exportView(loaded.document);
    return { text: reportText(view, colors), html: reportHtml(view) };
  } catch {
    throw noReport(location);
  }
}
