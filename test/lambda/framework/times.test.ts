import { requestedAtOf } from '../../../lambda/framework/times';

const NOW = Date.UTC(2026, 0, 15, 12, 0, 30);
const HOST = 'https://cloudformation-custom-resource-response-euwest1.s3.eu-west-1.amazonaws.com/x';

test.each([
  ['of a moment ago', '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260115T120029Z&X-Amz-Expires=7200', NOW - 1_000],
  ['at the end of the query', '?X-Amz-Expires=7200&X-Amz-Date=20260115T115930Z', NOW - 60_000],
  ['of an hour ago', '?X-Amz-Date=20260115T110030Z', NOW - 3_600_000],
  ['of hours ago', '?X-Amz-Date=20260115T060030Z', NOW - 6 * 3_600_000],
  ['from a clock that is ahead', '?X-Amz-Date=20260115T120031Z', NOW],
  ['with an invalid month', '?X-Amz-Date=20261515T120029Z', NOW],
  ['missing, as in older signatures', '?AWSAccessKeyId=A&Expires=1768478429&Signature=b', NOW],
  ['missing, with a similar parameter', '?Not-X-Amz-Date=20260115T120029Z', NOW],
])('requestedAtOf returns X-Amz-Date if it is valid and not in the future, otherwise the time of delivery: X-Amz-Date %s', (_what, query, expected) => {
  expect(requestedAtOf({ ResponseURL: HOST + query }, NOW)).toBe(expected);
});

test('requestedAtOf returns the time of delivery for an event without a ResponseURL', () => {
  expect(requestedAtOf({}, NOW)).toBe(NOW);
});
