import { UTC } from '../../../../lambda/job-monitor/widget/format';
import { toParams, toView } from '../../../../lambda/job-monitor/widget/request';
import { DATASTORE } from '../../harness';

test.each([
  [{ datastoreIds: [DATASTORE] }, { datastoreIds: [DATASTORE], lookBackDays: 14, page: 0 }],
  [{ datastoreIds: [DATASTORE, DATASTORE], lookBackDays: 90, page: 3 }, { datastoreIds: [DATASTORE], lookBackDays: 90, page: 3 }],
  [{ datastoreIds: [DATASTORE], page: -1 }, { datastoreIds: [DATASTORE], lookBackDays: 14, page: 0 }],
  [{ datastoreIds: [DATASTORE], page: 'x' }, { datastoreIds: [DATASTORE], lookBackDays: 14, page: 0 }],
])('valid parameters are accepted: %j', (event, params) => {
  expect(toParams(event)).toEqual(params);
});

test.each([
  [{}, 'datastoreIds undefined is not a list of 1 to 10 ids'],
  [{ datastoreIds: DATASTORE }, 'is not a list of 1 to 10 ids'],
  [{ datastoreIds: [] }, 'datastoreIds [] is not a list'],
  [{ datastoreIds: Array(11).fill(DATASTORE) }, 'is not a list of 1 to 10 ids'],
  [{ datastoreIds: [DATASTORE, '<b>'] }, 'the data store id "<b>" does not have 32 characters'],
  [{ datastoreIds: [{}] }, 'the data store id {} does not have 32 characters'],
  [{ datastoreIds: [DATASTORE], lookBackDays: 0 }, 'lookBackDays 0 is not a whole number from 1 to 90'],
  [{ datastoreIds: [DATASTORE], lookBackDays: 91 }, 'lookBackDays 91 is not a whole number'],
  [{ datastoreIds: [DATASTORE], lookBackDays: '14' }, 'lookBackDays "14" is not a whole number'],
])('invalid parameters are refused: %j', (event, error) => {
  expect(toParams(event)).toContain(error);
});

test('an error shows only the beginning of a long value', () => {
  expect(String(toParams({ datastoreIds: ['x'.repeat(10_000)] })).length).toBeLessThan(300);
});

test.each([
  [undefined, { theme: 'light', zone: UTC, isNarrow: false }],
  ['text', { theme: 'light', zone: UTC, isNarrow: false }],
  [{ theme: 'dark', width: 400, timezone: { label: 'Local', offsetISO: '+02:00', offsetInMinutes: 120 } },
    { theme: 'dark', zone: { name: 'UTC+02:00', offsetMs: 7_200_000 }, isNarrow: true }],
  [{ theme: '<b>', width: '400', timezone: null }, { theme: 'light', zone: UTC, isNarrow: false }],
])('the view follows the context of the dashboard: %j', (context, view) => {
  expect(toView(context)).toEqual(view);
});
