import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { checkFiles } from '../packages/healthlake-tools/src/check/run';
import { listSource } from '../packages/healthlake-tools/src/check/source';

const MEGABYTES = 1000;
const ROUNDS = 5;

/** The check may take a quarter more CPU time than a loop that only reads the lines and parses them. */
const MIN_SPEED = 0.8;
const MAX_PEAK_MEGABYTES = 200;

const SAMPLE = join(__dirname, '..', 'examples', 'data', 'synthea');
const UUID_START = /\b[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)/g;

/** The number of lines, the CPU time and the memory of a pass over all lines. */
interface Measurement {
  readonly lines: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** The passes that are compared. Each returns the number of lines. */
const PASSES: Record<string, (folder: string) => Promise<number>> = {
  'readline and JSON.parse': async (folder) => {
    let lines = 0;
    for (const name of readdirSync(folder)) {
      const reader = createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Infinity });
      reader.on('line', (line) => {
        JSON.parse(line);
        lines += 1;
      });
      await once(reader, 'close');
    }
    return lines;
  },
  'healthlake check': async (folder) => {
    const { resources, problems } = await checkFiles({ stdout: process.stdout, stderr: process.stderr, pause }, await listSource(folder, {}));
    if (problems.length > 0) {
      throw new Error(`the check found problems in correct data: ${JSON.stringify(problems)}`);
    }
    return resources;
  },
};

/** Writes copies of the sample data. Each copy has its own ids, and its references lead to its own resources. */
async function generate(folder: string): Promise<void> {
  const sample = readdirSync(SAMPLE).map((name) => readFileSync(join(SAMPLE, name), 'utf8')).join('');
  for (let copy = 0; copy * sample.length < MEGABYTES * 1e6; copy++) {
    const file = createWriteStream(join(folder, `${copy}.ndjson`));
    file.end(sample.replace(UUID_START, (start) => ((parseInt(start, 16) + copy) % 2 ** 32).toString(16).padStart(8, '0')));
    await finished(file);
  }
}

/** Makes one pass and measures it. Runs in a separate process. */
async function measure(pass: string, folder: string): Promise<Measurement> {
  let peak = 0;
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const before = process.cpuUsage();
  const lines = await PASSES[pass](folder);
  const { user, system } = process.cpuUsage(before);
  clearInterval(sampling);
  return { lines, cpuSeconds: (user + system) / 1e6, peakMegabytes: peak / 1e6 };
}

async function measureInChild(pass: string, folder: string): Promise<Measurement> {
  const child = fork(__filename, ['measure', pass, folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the measured process exited with ${code} and no result`);
  });
  const [measurement] = await Promise.race([once(child, 'message'), ended]);
  return measurement as Measurement;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-check-'));
  try {
    await generate(folder);
    const rounds = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const [base, check] = [await measureInChild('readline and JSON.parse', folder), await measureInChild('healthlake check', folder)];
      rounds.push({ base, check, speed: base.cpuSeconds / check.cpuSeconds });
    }
    const { base, check, speed } = rounds.sort((one, other) => one.speed - other.speed)[(ROUNDS - 1) / 2];
    const peak = Math.max(...rounds.map((round) => round.check.peakMegabytes));
    const isMet = speed >= MIN_SPEED && peak <= MAX_PEAK_MEGABYTES && check.lines === base.lines;
    console.log(`healthlake check of ${MEGABYTES} MB, ${check.lines} lines, median of ${ROUNDS} rounds: ${check.cpuSeconds.toFixed(1)} s of CPU, `
      + `${speed.toFixed(2)} of the speed of readline and JSON.parse (${base.cpuSeconds.toFixed(1)} s; all rounds: `
      + `${rounds.map((round) => round.speed.toFixed(2)).join(', ')}), peak memory ${peak.toFixed(0)} MB: `
      + `${isMet ? 'within' : 'BEYOND'} the limits of ${MIN_SPEED} and ${MAX_PEAK_MEGABYTES} MB`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [, , mode, ...args] = process.argv;
if (mode === 'measure') {
  void measure(args[0], args[1]).then((measurement) => process.send!(measurement));
} else {
  void main();
}
