import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The ids of the rows of docs/unverified.md, by topic. */
export const LINE = {
  outputKeyDecrypt: 'U1',
  datastoreKeyOfCaller: 'U2',
  datastoreKeyOfUser: 'U97',
  listBucketCondition: 'U3',
  bucketDefaults: 'U4',
  keyAsArn: 'U5',
  trustByRoleArn: 'U6',
  stackByArn: 'U7',
  sourceArn: 'U8',
  propagation: 'U9',
  accountPublicAccessBlock: 'U10',
  lakeFormation: 'U11',
  tokenReplayed: 'U12',
  tokenWithOtherParameters: 'U13',
  tokenLifetime: 'U14',
  startRate: 'U15',
  listAfterStart: 'U16',
  fullQueue: 'U17',
  sharedQueue: 'U76',
  unusableRole: 'U18',
  errorStatus: 'U19',
  wrongTypeText: 'U82',
  longOutput: 'U83',
  updatedDatastore: 'U84',
  fhirAnswers: 'U85',
  fhirWrites: 'U96',
  bulkDelete: 'U98',
  describeAfterStart: 'U20',
  jobsStayListed: 'U21',
  jobsStayDescribed: 'U22',
  listedReport: 'U23',
  statuses: 'U24',
  reportComplete: 'U25',
  completedMeansAll: 'U26',
  noFiles: 'U27',
  unreadableFile: 'U28',
  otherObjects: 'U29',
  blankLines: 'U30',
  unknownTypeText: 'U31',
  unlistedType: 'U80',
  invalidUtf8: 'U81',
  strictSample: 'U32',
  upsert: 'U33',
  outputLocation: 'U34',
  manifestName: 'U35',
  failureFolder: 'U36',
  probeObject: 'U37',
  rollbackOfNewId: 'U38',
  deployAgain: 'U39',
  serviceTimeout: 'U40',
  nestedStack: 'U41',
  creationTime: 'U42',
  importTime: 'U43',
  importPrice: 'U44',
  lastUpdated: 'U45',
  requestDate: 'U46',
  jobFolder: 'U47',
  regionOfRefusal: 'U48',
  outputEncryption: 'U49',
  longOperation: 'U50',
  longSession: 'U51',
  sdkIntegration: 'U52',
  taskCredentials: 'U53',
  timeOfState: 'U54',
  eventConditions: 'U55',
  publishers: 'U56',
  inputInEvents: 'U57',
  causeInLog: 'U58',
  vendedLogs: 'U59',
  monitorDeletion: 'U60',
  otherCase: 'U65',
  bundleLine: 'U66',
  provenance: 'U67',
  lineNumbers: 'U68',
  idleFunction: 'U73',
  causeInTraces: 'U74',
  submittedAfter: 'U69',
  nextToken: 'U70',
  listTime: 'U71',
  eventDelivery: 'U72',
  restoredDatastore: 'U61',
  replacedDatastore: 'U62',
  idAfterFailure: 'U63',
  datastoreIds: 'U90',
  busRegion: 'U91',
  keyOfDatastore: 'U92',
  preloadOfDatastore: 'U93',
  resourcesOfStack: 'U94',
  replacingChanges: 'U95',
} as const;

/** The id of a row of docs/unverified.md. */
export type LineId = typeof LINE[keyof typeof LINE];

/** The rows of docs/unverified.md whose assumption no run of the script can test, each with the reason. */
export const NEVER_OBSERVED: Partial<Record<LineId, string>> = {
  [LINE.outputKeyDecrypt]: 'the role has the permission; search CloudTrail for calls of Decrypt by HealthLake on the key\'s ARN',
  [LINE.datastoreKeyOfCaller]: 'the data store of the quickstart has no customer managed key',
  [LINE.datastoreKeyOfUser]: 'the data store of the quickstart has no customer managed key',
  [LINE.accountPublicAccessBlock]: 'the test would change the account\'s settings',
  [LINE.fullQueue]: 'the test needs 25 jobs or more',
  [LINE.sharedQueue]: 'the quickstart has one data store',
  [LINE.unlistedType]: 'the run imports types that the guide lists, and one that R4 does not have',
  [LINE.invalidUtf8]: 'the files of the run are UTF-8',
  [LINE.wrongTypeText]: 'the SDK sends no request with wrong types',
  [LINE.longOutput]: 'the prefixes of the quickstart are short',
  [LINE.updatedDatastore]: 'the run does not update the data store',
  [LINE.fhirAnswers]: 'the run does not use the FHIR API',
  [LINE.fhirWrites]: 'the run does not use the FHIR API',
  [LINE.bulkDelete]: 'the run does not use the FHIR API',
  [LINE.serviceTimeout]: 'no answer was lost in this run',
  [LINE.nestedStack]: 'the quickstart has no nested stack',
  [LINE.lastUpdated]: 'the script does not read LastUpdatedTime during an update',
  [LINE.regionOfRefusal]: 'the quickstart\'s buckets are in the data store\'s Region',
  [LINE.outputEncryption]: 'the output bucket of the quickstart has the key as its default',
  [LINE.longOperation]: 'the deployment of the quickstart takes minutes',
  [LINE.longSession]: 'the deployment of the quickstart takes minutes',
  [LINE.idleFunction]: 'the deployment of the quickstart takes minutes',
  [LINE.causeInTraces]: 'the script reads no traces; search the traces of the waiter in the X-Ray console',
  [LINE.sdkIntegration]: 'the quickstart waits for its import',
  [LINE.taskCredentials]: 'the quickstart waits for its import',
  [LINE.timeOfState]: 'the quickstart waits for its import',
  [LINE.eventConditions]: 'the quickstart sends no events',
  [LINE.publishers]: 'the quickstart has no topic',
  [LINE.inputInEvents]: 'the quickstart has no rule',
  [LINE.causeInLog]: 'the quickstart waits for its import',
  [LINE.vendedLogs]: 'the quickstart waits for its import',
  [LINE.monitorDeletion]: 'the quickstart waits for its import',
  [LINE.eventDelivery]: 'the run can\'t observe late or repeated deliveries',
  [LINE.restoredDatastore]: 'a restore needs a backup, which takes days',
  [LINE.replacedDatastore]: 'the quickstart\'s data store is not replaced',
  [LINE.idAfterFailure]: 'the quickstart is rolled back',
  [LINE.datastoreIds]: 'the id of one data store says nothing about other ids',
  [LINE.busRegion]: 'the quickstart sends no events',
  [LINE.keyOfDatastore]: 'the data store of the quickstart has no customer managed key',
  [LINE.preloadOfDatastore]: 'the quickstart\'s data store has no preloaded data',
  [LINE.resourcesOfStack]: 'the quickstart has no replacement guard',
  [LINE.replacingChanges]: 'the quickstart\'s data store is not replaced',
  [LINE.requestDate]: 'the response URL is a secret and is not logged',
  [LINE.importPrice]: 'the price is on the bill, days later',
};

/** A row of docs/unverified.md. */
export interface UnverifiedLine {
  readonly id: LineId;
  readonly assumption: string;
}

const DOCUMENT = join(__dirname, '..', '..', 'docs', 'unverified.md');

/** Reads the rows of docs/unverified.md. Throws unless their ids are exactly the ids in `LINE`. */
export async function readUnverified(): Promise<UnverifiedLine[]> {
  const rows = [...(await readFile(DOCUMENT, 'utf8')).matchAll(/^\| (U\d+) \| ([^|]+) \|/gm)];
  const known = new Set<string>(Object.values(LINE));
  const documented = rows.map(([, id]) => id);
  const differing = [...documented.filter((id) => !known.has(id)), ...[...known].filter((id) => !documented.includes(id))];
  if (differing.length > 0 || new Set(documented).size < documented.length) {
    throw new Error(`docs/unverified.md and scripts/integ-aws/lines.ts have different rows, compare ${differing.join(', ') || 'the repeated ids'}`);
  }
  return rows.map(([, id, assumption]) => ({ id: id as LineId, assumption }));
}
