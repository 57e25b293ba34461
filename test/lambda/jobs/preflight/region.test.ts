import { BucketLocationConstraint } from '@aws-sdk/client-s3';
import { regionInError, regionOf } from '../../../../lambda/jobs/preflight/inspect';

test.each([[undefined, 'us-east-1'], ['', 'us-east-1'], ['EU', 'eu-west-1']])('regionOf maps the location %j to the Region %s', (constraint, region) => {
  expect(regionOf(constraint)).toBe(region);
});

test.each(Object.values(BucketLocationConstraint).filter((constraint) => constraint !== 'EU'))('regionOf returns the location %s unchanged', (constraint) => {
  expect(regionOf(constraint)).toBe(constraint);
});

test.each([
  [{ $response: { headers: { 'x-amz-bucket-region': 'eu-central-1' } } }, 'eu-central-1'],
  [{ $response: { headers: {} } }, undefined],
  [{ $response: {} }, undefined],
  [new Error('socket hang up'), undefined],
  [undefined, undefined],
  ['text', undefined],
])('for the error %j, regionInError returns the Region %s', (error, region) => {
  expect(regionInError(error)).toBe(region);
});
