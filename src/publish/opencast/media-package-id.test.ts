import { expect, it } from 'vitest';
import { mediaPackageId } from './media-package-id.js';

it.each([
  ['mock_uuid', '8d636340-8912-d700-9a98-f271c361ef97'],
  ['abcdefg1234==', 'e133db5d-6bd7-9c4e-cfaf-107455e96ba0'],
  ['p7l/jwpwQFW5Q62srAYxAA==', '2307fe70-f922-0ff7-05be-bafe4882e872'],
])('the recording %s is the media package %s, as in zoom-recording-ingester', (uuid, id) => {
  expect(mediaPackageId(uuid)).toBe(id);
});
