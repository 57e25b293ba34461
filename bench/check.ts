import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { checkFiles } from '../packages/healthlake-tools/src/check/run';
import { listSource } from '../packages/healthlake-tools/src/check/source';
import type { SourceFile } from '../packages/healthlake-tools/src/check/source-file';

const MEGABYTES = 1000;

/** The check may take a quarter more CPU time than a loop that only reads the lines and parses them. */
const MIN_SPEED = 0.8;
const MAX_PEAK_MEGABYTES = 200;

const SAMPLE = join(__dirname, '..', 'examples', 'data', 'synthea');
const UUID_START = /\b[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)/g;

/** Writes copies of the sample data. Each copy has its own ids, and its references lead to its own resources. */
async function generate(folder: string): Promise<void> {
  const sample = readdirSync(SAMPLE).map((name) => readFileSync(join(SAMPLE, name), 'utf8')).join('');
  for (let copy = 0; copy * sample.length < MEGABYTES * 1e6; copy++) {
    const file = createWriteStream(join(folder, `${copy}.ndjson`));
    file.end(sample.replace(UUID_START, (start) => ((parseInt(start, 16) + copy) % 2 ** 32).toString(16).padStart(8, '0')));
    await finished(file);
  }
}

/** Reads the lines of a file and parses them. Returns their number. */
async function parseLines(path: string): Promise<number> {
  let lines = 0;
  const reader = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  reader.on('line', (line) => {
    JSON.parse(line);
    lines += 1;
  });
  await once(reader, 'close');
  return lines;
}

/** Checks the files. Returns the number of resources. */
async function check(files: readonly SourceFile[]): Promise<number> {
  const { resources, problems } = await checkFiles({ stdout: new PassThrough(), stderr: new PassThrough(), pause }, files);
  if (problems.length > 0) {
    throw new Error(`the check found problems in correct data: ${JSON.stringify(problems)}`);
  }
  return resources;
}

/** Returns the CPU time of this process in seconds. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Measures the CPU times of parsing and of checking. Alternates between the two at each file, because the speed of a machine varies from second to second. */
async function compareSpeed(folder: string): Promise<{ readonly lines: number; readonly parseSeconds: number; readonly checkSeconds: number }> {
  let lines = 0;
  let parseSeconds = 0;
  const files = (await listSource(folder, {})).map((file) => ({
    ...file,
    read: async function* () {
      const before = cpuSeconds();
      lines += await parseLines(join(folder, file.name));
      parseSeconds += cpuSeconds() - before;
      yield* file.read();
    },
  }));
  const before = cpuSeconds();
  const resources = await check(files);
  if (resources !== lines) {
    throw new Error(`the check found ${resources} resources in ${lines} lines`);
  }
  return { lines, parseSeconds, checkSeconds: cpuSeconds() - before - parseSeconds };
}

/** Returns the peak memory of a check in megabytes. Runs in a separate process. */
async function peakMegabytes(folder: string): Promise<number> {
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  await check(await listSource(folder, {}));
  clearInterval(sampling);
  return peak / 1e6;
}

async function peakInChild(folder: string): Promise<number> {
  const child = fork(__filename, ['memory', folder]);
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the measured process exited with ${code} and no result`);
  });
  const [peak] = await Promise.race([once(child, 'message'), ended]);
  return peak as number;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-check-'));
  try {
    await generate(folder);
    const { lines, parseSeconds, checkSeconds } = await compareSpeed(folder);
    const speed = parseSeconds / checkSeconds;
    const peak = await peakInChild(folder);
    console.log(`healthlake check of ${MEGABYTES} MB, ${lines} lines: ${checkSeconds.toFixed(1)} s of CPU, ${speed.toFixed(2)} of the speed of readline and `
      + `JSON.parse (${parseSeconds.toFixed(1)} s), peak memory ${peak.toFixed(0)} MB: `
      + `${speed >= MIN_SPEED && peak <= MAX_PEAK_MEGABYTES ? 'within' : 'BEYOND'} the limits of ${MIN_SPEED} and ${MAX_PEAK_MEGABYTES} MB`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [, , mode, folder] = process.argv;
if (mode === 'memory') {
  void peakMegabytes(folder).then((peak) => process.send!(peak));
} else {
  void main();
}
