// Draws docs/deployment.svg: node docs/deployment.mjs > docs/deployment.svg
const LANES = ['CloudFormation', 'Import functions', 'HealthLake', 'S3 buckets'];
const [CFN, FUNCTIONS, HEALTHLAKE, S3] = LANES.keys();

/** Arrows from lane to lane, and notes beside a lane. */
const STEPS = [
  { from: CFN, to: FUNCTIONS, text: '1 create Custom::FhirImportJob' },
  { from: FUNCTIONS, to: HEALTHLAKE, text: '2 is the data store ACTIVE and R4?' },
  { from: FUNCTIONS, to: HEALTHLAKE, text: '3 ListFHIRImportJobs' },
  { at: FUNCTIONS, text: 'If the data set was imported before: use that job, start nothing.' },
  { from: FUNCTIONS, to: S3, text: '4 are there .ndjson objects? is the output encrypted?' },
  { from: FUNCTIONS, to: CFN, text: '5 is the stack rolling back?' },
  { from: FUNCTIONS, to: HEALTHLAKE, text: '6 StartFHIRImportJob' },
  { from: HEALTHLAKE, to: S3, text: '7 read the input, write results' },
  { at: CFN, text: 'Completion.detached(): the deployment ends here. A state machine polls the job, and an event announces its end.' },
  { from: CFN, to: FUNCTIONS, text: '8 create Custom::FhirImportOutcome' },
  { from: FUNCTIONS, to: HEALTHLAKE, text: '9 DescribeFHIRImportJob' },
  { at: FUNCTIONS, text: 'Poll until the job has ended. Then judge it by the error tolerance.' },
  { from: FUNCTIONS, to: S3, text: '10 read what failed, write report.json' },
  { from: FUNCTIONS, to: CFN, text: '11 succeed with the counts' },
  { from: FUNCTIONS, to: CFN, text: 'or fail: the stack rolls back' },
];

const [WIDTH, TOP, STEP, LANE, LEFT] = [960, 64, 38, 250, 105];
const height = TOP + STEPS.length * STEP + 16;
const x = (lane) => LEFT + lane * LANE;

function draw({ from, to, at, text }, index) {
  const y = TOP + 22 + index * STEP;
  if (at !== undefined) {
    const left = at === CFN ? 16 : x(at) + 12;
    return `<rect class="note" x="${left}" y="${y - 18}" width="${text.length * 6.6 + 16}" height="26" rx="4"/><text x="${left + 8}" y="${y}">${text}</text>`;
  }
  const [start, end] = from < to ? [x(from), x(to) - 3] : [x(from), x(to) + 3];
  return `<text x="${Math.min(start, end) + 10}" y="${y - 6}">${text}</text><path class="arrow" d="M${start} ${y}H${end}"/>`;
}

console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">What happens when an import is deployed</title>
<style>
  svg { --ground: #ffffff; --ink: #1f2328; --line: #8c959f; --lane: #eaeef2; --note: #fff8c5; font: 13px Helvetica, Arial, sans-serif }
  @media (prefers-color-scheme: dark) { svg { --ground: #161b22; --ink: #e6edf3; --line: #8b949e; --lane: #30363d; --note: #3d2e00 } }
  text { fill: var(--ink) }
  .ground { fill: var(--ground) }
  .lane { fill: var(--lane) }
  .name { font-weight: bold; text-anchor: middle }
  .life { stroke: var(--line); stroke-dasharray: 3 4 }
  .note { fill: var(--note) }
  .arrow { stroke: var(--ink); stroke-width: 1.3; marker-end: url(#head) }
  #head path { fill: var(--ink) }
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
<rect class="ground" width="${WIDTH}" height="${height}" rx="8"/>
${LANES.map((name, lane) => `<path class="life" d="M${x(lane)} 48V${height - 12}"/>
<rect class="lane" x="${x(lane) - 80}" y="16" width="160" height="32" rx="6"/><text class="name" x="${x(lane)}" y="37">${name}</text>`).join('\n')}
${STEPS.map(draw).join('\n')}
</svg>`);
