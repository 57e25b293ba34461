import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { type Console, EXIT } from './cli/console';
import { sentenceOf } from './cli/errors';
import { printable } from './cli/text';
import { checkCommand } from './commands/check';
import type { CommandOptions, Register } from './commands/command';
import { convertCommand } from './commands/convert';
import { jobsCommand } from './commands/jobs';
import { reportCommand } from './commands/report';
import { retryCommand } from './commands/retry';

/** Runs the tool. Returns its exit code, and never rejects. */
export async function run(args: readonly string[], console: Console): Promise<number> {
  let code: number = EXIT.ok;
  const register: Register = (work) => async function (this: Command) {
    code = await work(this.args, this.optsWithGlobals<CommandOptions>());
  };
  try {
    await createProgram(console, register).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) {
      return EXIT.ok; // --help or --version
    }
    if (!(error instanceof CommanderError && error.code === 'commander.help')) {
      console.stderr.write(`healthlake: ${printable(sentenceOf(error))}\n`);
    }
    return EXIT.failed;
  }
}

function createProgram(console: Console, register: Register): Command {
  const program = new Command('healthlake')
    .description('Checks and converts FHIR data for AWS HealthLake, and shows HealthLake\'s jobs and their failures.')
    .version(version);
  [checkCommand, convertCommand, reportCommand, retryCommand, jobsCommand].forEach((commandOf) => program.addCommand(commandOf(console, register)));
  setUp(program, console);
  return program;
}

/** Makes a command and its subcommands print to the given streams, and throw instead of ending the process. */
function setUp(command: Command, console: Console): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => console.stdout.write(text),
    writeErr: (text) => console.stderr.write(text),
    outputError: () => undefined, // `run()` prints errors
  });
  command.commands.forEach((subcommand) => setUp(subcommand, console));
}
