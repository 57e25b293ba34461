import { locationOf } from '../../../../lambda/jobs/preflight/request';

test.each([
  ['s3://clinic-data/synthea/', { bucket: 'clinic-data', prefix: 'synthea/' }],
  ['s3://clinic-data/a/b c/', { bucket: 'clinic-data', prefix: 'a/b c/' }],
  ['s3://clinic-data/a', { bucket: 'clinic-data', prefix: 'a' }],
  ['s3://clinic-data/', { bucket: 'clinic-data', prefix: '' }],
  ['s3://clinic-data', { bucket: 'clinic-data', prefix: '' }],
])('locationOf splits the location "%s" into bucket and prefix', (uri, location) => {
  expect(locationOf(uri)).toEqual(location);
});
