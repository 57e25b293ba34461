import { RESOURCE_TYPES } from '../src/resource-types';

test('RESOURCE_TYPES contains the 106 resource types that HealthLake supports', () => {
  expect(RESOURCE_TYPES.size).toBe(106);
});
