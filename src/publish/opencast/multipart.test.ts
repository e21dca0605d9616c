import { expect, it } from 'vitest';
import { multipart } from './multipart.js';

async function textOf(parts: Parameters<typeof multipart>[0]): Promise<string> {
  const body = multipart(parts, 'border');
  const pieces: Uint8Array[] = [];
  for await (const piece of body.open()) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  expect(bytes.byteLength).toBe(body.length);
  return bytes.toString();
}

const hostile = 'a"\r\nX-Evil: yes\r\n\r\n--border--';

it('lets no name of a part or of a file end its header', async () => {
  const file = {
    ...{ fileName: hostile, contentType: 'text/plain', size: 1 },
    open: async function* () {
      yield await Promise.resolve(Buffer.from('x'));
    },
  };
  const text = await textOf([
    { name: hostile, value: 'x' },
    { name: 'BODY', file },
  ]);
  expect(text).not.toMatch(/^X-Evil/m);
  expect(text.match(/^--border(--)?\r$/gm)).toHaveLength(3);
  expect(text).toContain('name="a%22%0D%0AX-Evil: yes%0D%0A%0D%0A--border--"');
  expect(text).toContain('filename="a%22%0D%0AX-Evil: yes%0D%0A%0D%0A--border--"');
});

it('has a border that no value can know', () => {
  const [first, second] = [multipart([]), multipart([])];
  expect(first.contentType).toMatch(/^multipart\/form-data; boundary=reelway-[0-9a-f]{32}$/);
  expect(first.contentType).not.toBe(second.contentType);
});
